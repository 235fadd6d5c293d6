"""How files hold their metadata, a module a container; none knows what a value means. Imports `formats` and errors."""
