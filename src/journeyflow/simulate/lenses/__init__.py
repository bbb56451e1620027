"""Lenses: each projects what is true into one kind of export, flaws included."""
