"""The installation's keys and people's passwords. Imports files and errors."""
