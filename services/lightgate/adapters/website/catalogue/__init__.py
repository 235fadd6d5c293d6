"""The website's database: SQLite and MySQL behind one port. Imports SQLite's engine, the store and below."""
