"""One command: verify_ledger."""
