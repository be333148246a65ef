"""The pages: by audience, not by noun."""
