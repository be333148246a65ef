"""The commands behind `make`: they need nothing but Python, and set up the rest."""
