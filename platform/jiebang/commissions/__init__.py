"""Directed commissions (定向委托): a need given to a unit without competition, and why."""
