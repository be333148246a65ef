"""Commands of the matcher."""
