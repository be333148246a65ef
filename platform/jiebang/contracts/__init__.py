"""Contracts born from awards; milestones with indicators, dates and tranches."""
