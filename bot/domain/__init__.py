"""What Easel is about, as pure data and decisions: imports nothing from outside the standard library."""
