"""Lightgate: photographs from a disk to the photographer's own website, with a person at the gate."""

__version__ = "0.1.0"
