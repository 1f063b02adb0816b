"""The Protocols through which several use cases reach the database, the provider, images and Discord."""
