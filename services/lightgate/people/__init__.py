"""Who may sign in. Imports `adapters.keys`, the store and below."""
