"""Who did what to what, written in the same transaction; the one writer of states."""
