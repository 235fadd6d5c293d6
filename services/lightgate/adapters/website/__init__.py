"""The website: files on a target, rows in a catalogue, and whether a visitor sees them. Imports ports and settings."""
