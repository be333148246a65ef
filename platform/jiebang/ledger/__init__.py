"""A tamper-evident record: decisions, scores, contracts and payments chained by hash."""
