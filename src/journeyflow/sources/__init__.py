"""Readers of exports: one file in, landed rows out, nothing guessed and nothing lost."""
