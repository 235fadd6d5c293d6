"""Names that are reserved: given in the database, listed in a file for people. Imports the store and below."""
