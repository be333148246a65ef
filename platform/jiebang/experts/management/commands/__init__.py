"""One command: replay_draw."""
