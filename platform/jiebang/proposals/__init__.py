"""Solutions to challenges, sealed until the challenge closes."""
