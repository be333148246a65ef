"""One command: import_records."""
