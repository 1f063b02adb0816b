"""Who is made by whom and given what, from `easel run` on.

`bot.cli.run` decides by the settings who runs: `bot.app` alone, or `bot.front` beside other processes. Both open:

1. `resources`: database, provider, images, clock, metrics, from the settings (`open_resources`);
2. `discord`: the client and what reaches Discord through it, and with both the use cases, each of which is one line of
   `bot.services.catalogue` (`open_client`);
3. `engine`: the loops that send, ask, deliver and recover, which run without a command (`engine_of`).
"""
