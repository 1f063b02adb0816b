"""The table of REST routes that a bot like Easel needs, each with the handler that acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.wire.discord_fake import errors
from tests.wire.discord_fake.bodies import Body
from tests.wire.discord_fake.command_rules import ENTRY_POINT, check_commands
from tests.wire.discord_fake.gateway import Gateway
from tests.wire.discord_fake.interactions import InteractionDesk
from tests.wire.discord_fake.messages import MessageDesk
from tests.wire.discord_fake.payloads import SESSION_STARTS, Payloads
from tests.wire.discord_fake.permissions import Permission, permissions_of
from tests.wire.discord_fake.shapes import Json
from tests.wire.discord_fake.world import DiscordWorld, Guild


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a handler sees it."""

    params: dict[str, str]
    query: dict[str, str]
    body: Body

    def id(self, name: str) -> int:
        """Read an id from the path (50035 if it is none)."""
        value = self.params[name]
        if not value.isdigit():
            raise errors.invalid_form(errors.Problem(name, "NUMBER_TYPE_COERCE", f"{value!r} is not a snowflake."))
        return int(value)


Answer: TypeAlias = tuple[int, Any]
Handler: TypeAlias = Callable[[Call], Answer]

WITHOUT_TOKEN = ("/webhooks/{webhook_id}/{webhook_token}", "/interactions/", "/gateway")
"""Routes that need no bot token, because the token is in the path or none is needed."""

_NO_CONTENT: Answer = (204, None)
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"


class Routes:
    """Handlers; each acts at once and without waiting, so that a request takes effect whole or not at all."""

    def __init__(
        self,
        world: DiscordWorld,
        messages: MessageDesk,
        interactions: InteractionDesk,
        payloads: Payloads,
        gateway: Gateway,
    ) -> None:
        self._world = world
        self._messages = messages
        self._interactions = interactions
        self._payloads = payloads
        self._gateway = gateway

    def table(self) -> dict[str, Handler]:
        """List every route by method and template."""
        return {**self._accounts(), **self._guilds(), **self._channels(), **self._webhooks()}

    def _accounts(self) -> dict[str, Handler]:
        return {
            "GET /users/@me": lambda _: (200, self._payloads.me()),
            "GET /users/@me/guilds": lambda _: (
                200,
                [self._payloads.own_guild(each) for each in self._world.guilds.values()],
            ),
            "GET /users/{user_id}": self._get_user,
            "POST /users/@me/channels": self._open_direct,
            "GET /applications/@me": lambda _: (200, self._payloads.application()),
            "GET /oauth2/applications/@me": lambda _: (200, self._payloads.application()),
            "GET /applications/{application_id}/commands": lambda call: (200, self._commands(call)),
            "PUT /applications/{application_id}/commands": self._put_commands,
            "GET /applications/{application_id}/guilds/{guild_id}/commands": lambda call: (200, self._commands(call)),
            "PUT /applications/{application_id}/guilds/{guild_id}/commands": self._put_commands,
            "GET /gateway": lambda _: (200, {"url": self._gateway.url}),
            "GET /gateway/bot": lambda _: (
                200,
                {"url": self._gateway.url, "shards": 1, "session_start_limit": SESSION_STARTS},
            ),
        }

    def _guilds(self) -> dict[str, Handler]:
        return {
            "GET /guilds/{guild_id}": lambda call: (200, self._payloads.guild(self._guild(call))),
            "GET /guilds/{guild_id}/channels": self._list_channels,
            "GET /guilds/{guild_id}/roles": lambda call: (
                200,
                [self._payloads.role(each) for each in self._guild(call).roles.values()],
            ),
            "GET /guilds/{guild_id}/members/{user_id}": self._get_member,
        }

    def _channels(self) -> dict[str, Handler]:
        one = "/channels/{channel_id}/messages/{message_id}"
        return {
            "GET /channels/{channel_id}": lambda call: (200, self._payloads.channel(self._channel(call))),
            "PATCH /channels/{channel_id}": self._patch_channel,
            "POST /channels/{channel_id}/typing": lambda call: (204, self._channel(call) and None),
            "GET /channels/{channel_id}/messages": self._list_messages,
            "POST /channels/{channel_id}/messages": self._send,
            f"GET {one}": self._get_message,
            f"PATCH {one}": self._edit,
            f"DELETE {one}": self._delete,
        }

    def _webhooks(self) -> dict[str, Handler]:
        table: dict[str, Handler] = {
            "POST /interactions/{interaction_id}/{interaction_token}/callback": self._callback,
            f"POST {_HOOK}": self._execute,
        }
        for path in (f"{_HOOK}/messages/@original", f"{_HOOK}/messages/{{message_id}}"):
            table[f"GET {path}"] = self._hook_get
            table[f"PATCH {path}"] = self._hook_edit
            table[f"DELETE {path}"] = self._hook_delete
        return table

    def _get_user(self, call: Call) -> Answer:
        user = self._world.users.get(call.id("user_id"))
        if user is None:
            raise errors.unknown_user()
        return 200, self._payloads.user(user)

    def _open_direct(self, call: Call) -> Answer:
        return 200, self._payloads.channel(self._messages.direct(int(call.body.data["recipient_id"])))

    def _guild(self, call: Call) -> Guild:
        guild = self._world.guilds.get(call.id("guild_id"))
        if guild is None:
            raise errors.unknown_guild()
        return guild

    def _get_member(self, call: Call) -> Answer:
        member = self._guild(call).members.get(call.id("user_id"))
        if member is None:
            raise errors.unknown_member()
        return 200, self._payloads.member(member)

    def _list_channels(self, call: Call) -> Answer:
        found = self._guild(call).channels.values()
        return 200, [self._payloads.channel(each) for each in found if not each.is_thread]

    def _commands(self, call: Call) -> list[Json]:
        return self._world.commands.get(int(call.params.get("guild_id", "0")), [])

    def _put_commands(self, call: Call) -> Answer:
        if call.id("application_id") != self._world.application_id:
            raise errors.missing_access()
        guild_id = int(call.params.get("guild_id", "0"))
        if guild_id:
            self._guild(call)
        commands: list[Json] = call.body.data or []
        if problems := check_commands(commands):
            raise errors.invalid_form(*problems)
        known = self._world.commands.get(guild_id, [])
        if _has_entry_point(known) and not _has_entry_point(commands):
            raise errors.entry_point_left_out()
        self._world.commands[guild_id] = [self._command(each, guild_id) for each in commands]
        return 200, self._world.commands[guild_id]

    def _command(self, command: Json, guild_id: int) -> Json:
        known = {(each["type"], each["name"]): each["id"] for each in self._world.commands.get(guild_id, [])}
        key = (command.get("type", 1), command["name"])
        rights = command.get("default_member_permissions")
        return {
            "type": 1,
            "description": "",
            "options": [],
            "nsfw": False,
            **{name: value for name, value in command.items() if value is not None},
            "id": known.get(key) or str(self._world.ids.mint()),
            "application_id": str(self._world.application_id),
            "version": str(self._world.ids.mint()),
            "default_member_permissions": None if rights is None else str(rights),
            **({"guild_id": str(guild_id)} if guild_id else {}),
        }

    def _channel(self, call: Call) -> Any:
        return self._messages.channel(call.id("channel_id"))

    def _patch_channel(self, call: Call) -> Answer:
        channel = self._messages.channel(call.id("channel_id"))
        right = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
        if channel.guild and not permissions_of(channel.guild, self._world.bot.id, channel) & right:
            raise errors.missing_permissions()
        for name in ("archived", "locked", "name", "nsfw"):
            if name in call.body.data:
                setattr(channel, name, call.body.data[name])
        self._world.announce("THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE", channel)
        return 200, self._payloads.channel(channel)

    def _list_messages(self, call: Call) -> Answer:
        hide = not self._gateway.reads_content
        page = self._messages.page(call.id("channel_id"), call.query)
        return 200, [self._payloads.message(each, hide_content=hide) for each in page]

    def _get_message(self, call: Call) -> Answer:
        found = self._messages.find(call.id("channel_id"), call.id("message_id"))
        return 200, self._payloads.message(found, hide_content=not self._gateway.reads_content)

    def _send(self, call: Call) -> Answer:
        return 200, self._payloads.message(self._messages.send(call.id("channel_id"), call.body))

    def _edit(self, call: Call) -> Answer:
        edited = self._messages.edit_own(call.id("channel_id"), call.id("message_id"), call.body)
        return 200, self._payloads.message(edited)

    def _delete(self, call: Call) -> Answer:
        self._messages.delete(call.id("channel_id"), call.id("message_id"))
        return _NO_CONTENT

    def _callback(self, call: Call) -> Answer:
        answer = self._interactions.answer(call.id("interaction_id"), call.params["interaction_token"], call.body)
        return (200, answer) if call.query.get("with_response") in {"1", "true"} else _NO_CONTENT

    def _execute(self, call: Call) -> Answer:
        message = self._interactions.execute(call.id("webhook_id"), call.params["webhook_token"], call.body)
        return (200, self._payloads.message(message)) if call.query.get("wait") in {"1", "true"} else _NO_CONTENT

    def _hook(self, call: Call) -> tuple[int, str, str]:
        return call.id("webhook_id"), call.params["webhook_token"], call.params.get("message_id", "@original")

    def _hook_get(self, call: Call) -> Answer:
        return 200, self._payloads.message(self._interactions.fetch(*self._hook(call)))

    def _hook_edit(self, call: Call) -> Answer:
        return 200, self._payloads.message(self._interactions.edit(*self._hook(call), call.body))

    def _hook_delete(self, call: Call) -> Answer:
        self._interactions.delete(*self._hook(call))
        return _NO_CONTENT


def _has_entry_point(commands: list[Json]) -> bool:
    return any(each.get("type") == ENTRY_POINT for each in commands)
