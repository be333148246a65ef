"""Who is told when something happens: the one place where events become messages."""
