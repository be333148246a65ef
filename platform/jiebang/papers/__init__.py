"""Papers as Word and PDF from one description; templates filled in; copies marked."""
