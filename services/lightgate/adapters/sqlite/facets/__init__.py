"""The store's port facet by facet, each file under its port's name. Imports `listing`, the schema and the rows."""
