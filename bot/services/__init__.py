"""The use cases, and the Protocols through which they reach the provider, images and Discord."""
