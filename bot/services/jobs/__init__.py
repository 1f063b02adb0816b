"""A job's way from its place in the queue to its result, and back onto that way after a lost answer or a restart."""
