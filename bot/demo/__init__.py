"""The embedded default: the real bot on a simulated Discord page, and a simulated provider over real HTTP."""

import logging

# SimCord tries discord.py out with a client without intents when it is imported; the library's warning about that
# says nothing about Easel.
logging.getLogger("discord.state").setLevel(logging.ERROR)
