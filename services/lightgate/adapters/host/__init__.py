"""This machine: processes, locks, ports, file systems. Imports nothing of ours but errors and where files lie."""
