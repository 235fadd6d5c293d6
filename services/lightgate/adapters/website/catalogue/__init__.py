"""The website's database: SQLite and MySQL behind one port. Imports ports and settings."""
