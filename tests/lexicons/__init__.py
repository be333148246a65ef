"""The dictionary."""
