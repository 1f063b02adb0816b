"""Moderators' messages and forms."""
