"""People who sign in, and the parts they play on the platform."""
