"""Alembic migrations of ``review.db``; ``bootstrap.migrate`` runs them."""
