"""Pixels: decoding, measuring, making the pictures for people and website. Imports `metadata`, ports and below."""
