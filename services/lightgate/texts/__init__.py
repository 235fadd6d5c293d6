"""Texts on their way to a reviewer: written, repaired, proven. Imports the store and below; knows no model."""
