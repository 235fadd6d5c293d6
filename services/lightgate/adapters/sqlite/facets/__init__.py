"""The store's port facet by facet, each under its port's name. Imports `listing`, rows, schema, store and below."""
