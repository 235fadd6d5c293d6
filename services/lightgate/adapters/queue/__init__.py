"""Redis and Celery: messages that wake workers. The rows know what is to do; nothing here does."""
