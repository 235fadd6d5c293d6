"""A door: the Celery app, with one task a stage."""
