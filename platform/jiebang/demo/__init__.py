"""A small city told through the services."""
