"""The embedded default: the real bot on a simulated Discord page, and a simulated provider over real HTTP."""
