"""Rules that are true without a clock, a disk or a network. Imports the standard library and errors."""
