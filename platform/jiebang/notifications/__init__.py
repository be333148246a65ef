"""What the platform tells people: in their inbox at once, by e-mail as often as they wish."""
