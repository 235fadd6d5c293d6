"""Redis and Celery: messages that wake workers; the rows know what is to do. Imports files and below."""
