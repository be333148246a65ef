"""One command: rematch."""
