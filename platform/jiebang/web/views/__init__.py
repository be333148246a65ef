"""Thin views: read the request, one service or query call, render."""
