"""Integrity records (诚信记录): what is held against a unit or person, and at which gates."""
