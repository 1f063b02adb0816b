"""The use cases, and the Protocols through which they reach the database, the provider and Discord."""
