"""The bot as discord.py knows it: its commands and buttons, and the one place that turns errors into words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib import import_module
from random import Random
from typing import Any, Protocol, TypeAlias

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.command_sync import CommandSync
from bot.domain.clock import Clock
from bot.domain.errors import EaselError
from bot.domain.patience import answer_soon
from bot.domain.shards import Shards
from bot.services.catalogue import Services
from bot.services.ports.discord_state import Facts
from bot.services.ports.messages import NotNow, Unreachable
from bot.ui.discord.answers import Answers, Finish, as_it_is
from bot.ui.discord.bot_pace import BotPace
from bot.ui.discord.exchanges import LONGEST_RATE_LIMIT, RateLimitWord, watch_exchanges
from bot.ui.discord.replies import AnyInteraction, InteractionMissed, command_of
from bot.ui.handlers.presses import perform
from bot.ui.handlers.registry import HANDLERS
from bot.ui.handlers.submitted import submit
from bot.ui.render.actions import register_actions

log = structlog.stdlib.get_logger(__name__)

_EVERYBODYS = frozenset({"privacy", "erase"})
"""The command, and the button behind it, that the blocked have too."""


class OutdatedCommand(EaselError):
    """A command that Discord's client still shows as it was before an upgrade."""

    def __init__(self, form: str | None = None) -> None:
        if form is None:
            super().__init__(texts.requests.OUTDATED)
        else:
            super().__init__(texts.requests.OUTDATED_FORM, form=form)


class IdentifyGate(Protocol):
    """Decides when a new session may be started."""

    async def before_identify(self) -> None:
        """Wait until it may."""
        ...


class EaselTree(app_commands.CommandTree["EaselBot"]):
    """The application commands; what they raise is explained to whoever sent them."""

    async def interaction_check(self, interaction: AnyInteraction, /) -> bool:
        """Let in whoever may use the bot there; the others are told why not, and get no suggestions."""
        answer_soon(interaction.response.is_done)
        try:
            await self.client.admit(interaction)
        except EaselError as error:
            if interaction.type is not discord.InteractionType.autocomplete:
                await self.client.explain(interaction, error)
            return False
        return True

    async def on_error(self, interaction: AnyInteraction, error: app_commands.AppCommandError, /) -> None:
        """Hand every error of a command to the client."""
        await self.client.explain(interaction, error)


class EaselBot(commands.Bot):
    """A bot with application commands only. It sees servers and channels, and no message of anybody."""

    services: Services

    def __init__(
        self,
        *,
        answers: Answers,
        facts: Facts,
        clock: Clock,
        random: Random,
        cogs: Sequence[str],
        gate: IdentifyGate | None = None,
        operator_ids: Collection[int] = (),
        shards: Shards | None = None,
    ) -> None:
        """Make a client that is not connected yet.

        Args:
            answers: how interactions are answered.
            facts: where it is kept which commands Discord has.
            clock: for those facts.
            random: for the references of unexpected errors.
            cogs: the modules to load, as `cogs.create`.
            gate: paces new gateway sessions; None where there is no gateway.
            operator_ids: who runs the bot; none given, it is whoever owns the application at Discord.
            shards: those that it holds; None where the bot is one connection (`bot.sharded` has the other kind).
        """
        divided: dict[str, Any] = {} if shards is None else {"shard_count": shards.count, "shard_ids": [*shards.ids]}
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=EaselTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_RATE_LIMIT,
            http_trace=watch_exchanges(),
            owner_ids=set(operator_ids),
            **divided,
        )
        self.answers = answers
        self.handlers = HANDLERS
        self.commands_at_discord = CommandSync(facts, clock)
        self._random = random
        self._modules = cogs
        self._gate = gate
        self._syncs_commands = shards is None or 0 in shards.ids
        RateLimitWord(clock).govern(self)
        BotPace(clock).govern(self)

    def attach(self, services: Services) -> None:
        """Take the use cases, which are made with what speaks through this client; to be done before it connects."""
        self.services = services

    async def setup_hook(self) -> None:
        """Load commands and buttons, and tell Discord about the commands if they changed."""
        if not self.cogs:
            for module in self._modules:
                # Not `load_extension`, which runs a module anew for each bot of a process: nothing is ever reloaded.
                await import_module(module).setup(self)
        register_actions(self)
        if self._syncs_commands:
            await self._sync_commands()

    async def close(self) -> None:
        """Leave Discord."""
        await self.answers.close()
        await super().close()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until a new session may be started."""
        del shard_id, initial
        if self._gate is not None:
            await self._gate.before_identify()

    @property
    def hears(self) -> bool:
        """Whether Discord's gateway has us in a session now; discord.py stays "ready" when it loses the connection."""
        return self.is_ready() and self.ws.open

    async def on_interaction(self, interaction: AnyInteraction, /) -> None:
        """Act on submitted forms; everything else discord.py hands on by itself."""
        if interaction.type is discord.InteractionType.modal_submit:
            await submit(interaction)

    async def on_message(self, message: discord.Message, /) -> None:
        """Ignore messages: there are no prefix commands."""

    async def press(
        self, interaction: AnyInteraction, name: str, ids: tuple[str, ...], values: tuple[str, ...]
    ) -> None:
        """See `bot.ui.render.actions.PressReceiver.press`."""
        await perform(interaction, self.handlers.items[name], ids=ids, values=values)

    async def admit(self, interaction: AnyInteraction) -> None:
        """Check the access of whoever sent a command or pressed a button; /privacy is everybody's.

        Raises:
            EaselError: not in this server.
        """
        if interaction.guild_id is not None and command_of(interaction).partition(" ")[0] not in _EVERYBODYS:
            await self.services.creative.policy.admit_person(interaction.guild_id, interaction.user.id)

    async def is_operator(self, user: discord.abc.User) -> bool:
        """Whether somebody runs this bot; False where Discord does not say who owns the application."""
        try:
            return await self.is_owner(user)
        except discord.HTTPException as error:
            log.warning("client.owner_unknown", error=type(error).__name__)
            return False

    async def explain(self, interaction: AnyInteraction, error: Exception, *, finish: Finish = as_it_is) -> None:
        """Say in private what went wrong, with what `finish` adds to that; never raises.

        Commands, buttons and forms all end here. An expected refusal is said in its own words; anything else is a bug,
        logged whole under a reference that the member gets too.
        """
        cause = cause_of(error)
        try:
            if isinstance(cause, EaselError):
                await self.answers.refuse(interaction, cause, finish)
            elif isinstance(cause, NotNow):
                log.warning("interaction.not_now", command=command_of(interaction), said=str(cause))
            elif not isinstance(cause, InteractionMissed):
                await self._admit_mistake(interaction, cause, finish)
        except InteractionMissed:
            return
        except (discord.DiscordException, aiohttp.ClientError, OSError, Unreachable, NotNow) as failure:
            log.warning("interaction.unexplained", command=command_of(interaction), error=type(failure).__name__)
        except Exception:
            log.exception("interaction.unexplained", command=command_of(interaction))

    async def _admit_mistake(self, interaction: AnyInteraction, cause: BaseException, finish: Finish) -> None:
        reference = f"{self._random.getrandbits(32):08X}"
        log.error("interaction.failed", command=command_of(interaction), reference=reference, exc_info=cause)
        if interaction.type is not discord.InteractionType.autocomplete:
            await self.answers.admit_mistake(interaction, reference, finish)

    async def _sync_commands(self) -> None:
        if self.application_id is None:
            raise discord.MissingApplicationID
        plain = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        await self.commands_at_discord.sync(self.http, self.application_id, plain)


Interaction: TypeAlias = discord.Interaction[EaselBot]
"""What the commands are given."""


def cause_of(error: BaseException) -> BaseException:
    """What really happened, out of discord.py's wrappings; an `EaselError` is an expected refusal."""
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    if isinstance(error, app_commands.TransformerError) and error.__cause__ is not None:
        return error.__cause__
    if isinstance(error, app_commands.CommandSignatureMismatch):
        return OutdatedCommand(_form_of(error.command))
    if isinstance(error, app_commands.CommandNotFound):
        return OutdatedCommand()
    return error


def _form_of(
    command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu | app_commands.Group,
) -> str | None:
    """A slash command with the options that it needs, as it is typed; None for a menu's."""
    if not isinstance(command, app_commands.Command):
        return None
    needed = (option.display_name for option in command.parameters if option.required)
    return " ".join((f"/{command.qualified_name}", *needed))
