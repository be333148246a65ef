"""The ledger of background jobs: what must be done survives a kill."""
