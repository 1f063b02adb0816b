"""The Protocols through which several use cases reach what has a second body: Discord, the provider, images, meters."""
