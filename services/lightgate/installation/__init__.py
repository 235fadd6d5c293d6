"""A running installation: what it consists of, how it starts and how it ends. Imports bootstrap and below."""
