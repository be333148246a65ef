"""Brings needs, achievements and organizations in from files."""
