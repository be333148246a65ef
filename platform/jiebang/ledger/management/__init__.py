"""Management commands of the expert pool."""
