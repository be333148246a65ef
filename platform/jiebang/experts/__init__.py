"""The expert pool, its conflicts of interest, draws, and the seats on panels."""
