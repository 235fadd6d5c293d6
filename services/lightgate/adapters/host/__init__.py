"""This machine: processes, locks, ports, file systems. Imports files, errors, and how addresses are shown."""
