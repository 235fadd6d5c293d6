"""How files hold their metadata, a module a container; none knows what a value means. Imports errors alone."""
