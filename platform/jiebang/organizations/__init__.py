"""Units, their members and invitations."""
