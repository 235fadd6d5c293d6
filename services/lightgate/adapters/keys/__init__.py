"""The installation's keys and people's passwords. Imports errors alone."""
