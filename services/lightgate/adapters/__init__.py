"""One outside thing a folder, each behind a port of `ports` or `store`. Imports the store and below."""
