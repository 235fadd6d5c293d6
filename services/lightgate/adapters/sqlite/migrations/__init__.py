"""Alembic migrations of ``review.db``; ``bootstrap.migrate`` runs them. Imports the schema."""
