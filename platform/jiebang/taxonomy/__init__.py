"""Districts, technical fields and industry chains: reference data kept in a file."""
