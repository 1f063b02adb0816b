"""A job's way from the queue to its result, and recovery after a lost answer or a restart."""
