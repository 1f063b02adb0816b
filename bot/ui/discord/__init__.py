"""Talking to Discord: interaction responses, messages, retries, rate limits, and what comes with an interaction."""
