"""Emergency openings: two people look into sealed solutions, and everybody is told."""
