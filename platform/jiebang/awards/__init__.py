"""Decisions on who may solve a challenge."""
