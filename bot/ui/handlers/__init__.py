"""Presses and forms: each handler parses what came, calls one service and has the outcome rendered."""
