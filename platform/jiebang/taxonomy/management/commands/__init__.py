"""One command: sync_taxonomy."""
