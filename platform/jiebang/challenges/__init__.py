"""Challenges: needs posted for anyone to take up, opened and closed by the clock."""
