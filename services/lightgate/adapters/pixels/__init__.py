"""Pixels: decoding, measuring, making the pictures for people and website. Imports `metadata`, never a model."""
