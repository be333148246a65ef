"""One thing done with many rows: each in a transaction of its own, refusals with reasons."""
