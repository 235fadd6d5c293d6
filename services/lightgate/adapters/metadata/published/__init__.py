"""The metadata that a published picture carries: what of the original is disclosed, and how each block is written."""
