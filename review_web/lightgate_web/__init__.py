"""A door: the review site."""
