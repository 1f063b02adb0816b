"""The creative desk's messages: what they look like, which forms they open, and what their buttons do."""
