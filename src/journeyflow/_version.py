"""The version: read here by hatchling when it builds, and by the fingerprints when they run."""

from __future__ import annotations

__version__ = "0.1.0"
