"""Ground floor: refusals, decisions, the workflow table, money, numbers. Knows no app."""
