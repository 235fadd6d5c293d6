"""Whether all of a picture is in its file, asked of its bytes. Imports the readers of containers alone."""
