"""Buttons and forms of members."""
