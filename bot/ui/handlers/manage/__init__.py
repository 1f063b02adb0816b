"""Buttons and forms of moderators."""
