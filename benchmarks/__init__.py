"""Measurements: time, memory, and agreement with the simulator's truth."""
