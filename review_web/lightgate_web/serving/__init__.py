"""The server's worker: slow visitors take no thread. Knows nothing of pages."""
