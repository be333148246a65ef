"""Calls, needs and their screening into the library of core-technology projects."""
