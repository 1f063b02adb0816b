"""Which part is given which: the ground that all stand on, the use cases and the client, the engine."""
