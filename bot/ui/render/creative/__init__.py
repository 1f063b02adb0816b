"""Members' messages and forms."""
