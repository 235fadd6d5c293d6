"""Rules that are true without a clock, a disk or a network: standard library only."""
