"""Management commands of the taxonomy."""
