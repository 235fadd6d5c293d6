"""Who may sign in. Imports the store and `adapters.keys`."""
