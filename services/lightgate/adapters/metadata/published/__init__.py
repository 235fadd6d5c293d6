"""The metadata that a published picture carries: what is disclosed, and how it is written. Imports `metadata`."""
