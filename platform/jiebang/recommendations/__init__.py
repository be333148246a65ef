"""Keeps the matcher in step with the database, both ways, and what people think of it."""
