"""The verbs of the command line, one small module each: wire what the verb needs, run it, return its exit code."""
