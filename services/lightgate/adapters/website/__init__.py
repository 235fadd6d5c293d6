"""The website: files on a target, rows in a catalogue, what a visitor sees. Imports `pixels`, ports and below."""
