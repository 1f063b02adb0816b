"""What members do: commands, clicks, choices, forms, menus, and looking at what they get to see."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.wire.discord_fake.cdn import Cdn
from tests.wire.discord_fake.component_rules import LINK_STYLE, SELECTS, ComponentType, walk
from tests.wire.discord_fake.forms import Answer, choose, fill_form
from tests.wire.discord_fake.gateway import Gateway
from tests.wire.discord_fake.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, InteractionDesk
from tests.wire.discord_fake.options import Refused, Resolved, Value, fill, find_leaf, nest
from tests.wire.discord_fake.payloads import Payloads
from tests.wire.discord_fake.permissions import ALL, Permission, permissions_in, permissions_of
from tests.wire.discord_fake.shapes import Json
from tests.wire.discord_fake.views import text_of
from tests.wire.discord_fake.world import Channel, DiscordWorld, Interaction, Member, Message, Role, User

_CHAT, _USER_MENU, _MESSAGE_MENU = 1, 2, 3
_IN_GUILD, _IN_DM = 0, 1


class Members:
    """Acts as any member; each act is delivered to the bot at once and handed back as its `Interaction`."""

    def __init__(
        self, world: DiscordWorld, desk: InteractionDesk, gateway: Gateway, payloads: Payloads, cdn: Cdn
    ) -> None:
        self._world = world
        self._desk = desk
        self._gateway = gateway
        self._payloads = payloads
        self._cdn = cdn
        self._submitted: set[int] = set()
        self.shown_to: set[tuple[str, int]] = set()
        """(command, member's or role's id) that the owner has added under Integrations, beyond the default rights."""

    def slash(
        self,
        member: Member | User,
        channel: Channel,
        command: str,
        options: Mapping[str, Value] | None = None,
        *,
        shuffle: random.Random | None = None,
    ) -> Interaction:
        """Use a slash command: `"edit"`, `"manage limit member"`.

        Args:
            member: who; a `User` in direct messages.
            channel: where.
            command: its name with groups, separated by blanks.
            options: values by name in the order of typing; files are `Upload`s or bytes (then `NAME.png`).
            shuffle: brings the options and the resolved objects into another order.

        Raises:
            Refused: Discord's client would not offer it or not take these options.
        """
        name, *path = command.split()
        found = self._offered(member, channel, name, _CHAT)
        declared, steps = find_leaf(found, path)
        resolved = self._resolved(channel)
        filled = fill(declared, options or {}, resolved)
        if shuffle:
            shuffle.shuffle(filled)
            resolved.shuffle(shuffle)
        data = _command_data(found, nest(steps, filled), resolved)
        return self._act(COMMAND, member, channel, data)

    def autocomplete(
        self,
        member: Member | User,
        channel: Channel,
        command: str,
        focused: str,
        typed: str,
        *,
        options: Mapping[str, Value] | None = None,
    ) -> Interaction:
        """Type into an option that autocompletes; the answer is the interaction's `choices`."""
        name, *path = command.split()
        found = self._offered(member, channel, name, _CHAT)
        declared, steps = find_leaf(found, path)
        if not any(each["name"] == focused and each.get("autocomplete") for each in declared):
            raise Refused(f"{focused} does not autocomplete")
        resolved = self._resolved(channel)
        filled = fill(declared, {**(options or {}), focused: typed}, resolved, focused=focused)
        return self._act(AUTOCOMPLETE, member, channel, _command_data(found, nest(steps, filled), resolved))

    def context_menu(self, member: Member | User, channel: Channel, name: str, target: Message | Member) -> Interaction:
        """Use a menu on a message or a member; a message's content and files come with it, whoever wrote it."""
        kind = _MESSAGE_MENU if isinstance(target, Message) else _USER_MENU
        found = self._offered(member, channel, name, kind)
        resolved = self._resolved(channel)
        target_id = resolved.add(target)
        data = {**_command_data(found, [], resolved), "target_id": target_id}
        return self._act(COMMAND, member, channel, data)

    def click(self, member: Member | User, message: Message, button: str) -> Interaction:
        """Press a button by custom_id, label, or the label's beginning before a blank (`Again` of `Again · $0.08`)."""
        self._check_sees(member, message)
        buttons = [each for _, each in walk(message.components) if each["type"] == ComponentType.BUTTON]
        found = _pick(buttons, button, lambda each: each.get("label") or "")
        if found.get("disabled") or found.get("style") == LINK_STYLE:
            raise Refused(f"{button} cannot be pressed")
        data = {"component_type": found["type"], "custom_id": found["custom_id"], "id": found.get("id", 0)}
        return self._act(COMPONENT, member, message.channel, data, message)

    def select(
        self,
        member: Member | User,
        message: Message,
        values: Sequence[str | Member | Role | Channel],
        select: str | None = None,
    ) -> Interaction:
        """Choose in a select (by custom_id or placeholder; the only one if left out); texts by value or label."""
        self._check_sees(member, message)
        selects = [each for _, each in walk(message.components) if each["type"] in SELECTS]
        if select is None and len(selects) != 1:
            raise Refused(f"The message has {len(selects)} selects")
        found = selects[0] if select is None else _pick(selects, select, lambda each: each.get("placeholder") or "")
        least, most = found.get("min_values", 1), found.get("max_values", 1)
        if found.get("disabled") or not least <= len(values) <= most:
            raise Refused(f"{found['custom_id']} takes {least} to {most} values and is not disabled")
        resolved = self._resolved(message.channel)
        chosen = [choose(found, each) if isinstance(each, str) else resolved.add(each) for each in values]
        data: Json = {"component_type": found["type"], "custom_id": found["custom_id"], "values": chosen}
        data |= {"id": found.get("id", 0), "resolved": resolved.found}
        return self._act(COMPONENT, member, message.channel, data, message)

    def form_of(self, member: Member | User) -> Json | None:
        """Give the form (modal) that stands open before a member."""
        shown = self._shown(member)
        return shown.modal if shown else None

    def submit_modal(
        self,
        member: Member | User,
        answers: Mapping[str, Answer] | None = None,
        *,
        shuffle: random.Random | None = None,
    ) -> Interaction:
        """Submit the open form; answers by custom_id or label: text, bool, or a list of values or files.

        `shuffle` brings the resolved files into another order than the chosen one.
        """
        shown = self._shown(member)
        if shown is None or shown.modal is None:
            raise Refused(f"No form is open before {_user(member).name}")
        resolved = self._resolved(shown.channel)
        components = fill_form(shown.modal, answers or {}, resolved)
        if shuffle:
            resolved.shuffle(shuffle)
        self._submitted.add(shown.id)
        data = {"custom_id": shown.modal["custom_id"], "components": components, "resolved": resolved.found}
        return self._act(MODAL_SUBMIT, member, shown.channel, data, shown.source)

    def messages(self, channel: Channel) -> list[Message]:
        """List a channel's public messages, oldest first."""
        return [message for _, message in sorted(channel.messages.items()) if message.visible_to is None]

    def ephemerals(self, member: Member | User, channel: Channel | None = None) -> list[Message]:
        """List the messages that only this member sees, oldest first."""
        found = [each for each in self._world.all_messages() if each.visible_to == member.id]
        return sorted((each for each in found if channel in {None, each.channel}), key=lambda message: message.id)

    def transcript(self, channel: Channel, viewer: Member | User | None = None) -> list[str]:
        """Write a channel as one reads it, `author: text` a message; a viewer sees their ephemeral messages too."""
        return [
            f"{message.author.name}: {text_of(message)}"
            for _, message in sorted(channel.messages.items())
            if message.visible_to is None or (viewer is not None and message.visible_to == viewer.id)
        ]

    def _act(
        self, kind: int, member: Member | User, channel: Channel, data: Json, source: Message | None = None
    ) -> Interaction:
        if channel.id not in self._world.channels:
            raise Refused("The channel is gone")
        user = _user(member)
        interaction = self._desk.open(kind, user, channel, data, source)
        bot = permissions_of(channel.guild, self._world.bot.id, channel) if channel.guild else ALL
        own = permissions_of(channel.guild, user.id, channel) if channel.guild else ALL
        payload = self._payloads.interaction(interaction, own, bot)
        interaction.deliveries = self._gateway.interact(payload, channel.guild)
        return interaction

    def _offered(self, member: Member | User, channel: Channel, name: str, kind: int) -> Json:
        guild = channel.guild
        local = self._world.commands.get(guild.id, []) if guild else []
        commands = [each for each in [*local, *self._world.commands[0]] if each["type"] == kind]
        command = next((each for each in commands if each["name"] == name), None)
        if command is None:
            raise Refused(f"No command {name!r} is synced; there are {sorted(each['name'] for each in commands)}")
        contexts = command.get("contexts")
        if contexts is not None and (_IN_GUILD if guild else _IN_DM) not in contexts:
            raise Refused(f"{name} is not offered here")
        if guild and isinstance(member, User):
            raise Refused("In a guild a member acts, not a bare user")
        if isinstance(member, Member):
            self._check_rights(member, channel, command)
        return command

    def _check_rights(self, member: Member, channel: Channel, command: Json) -> None:
        bits = permissions_in(member, channel)
        needed = Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS
        if bits & needed != needed:
            raise Refused(f"{member.user.name} may not use commands in {channel.name}")
        if command.get("nsfw") and not channel.nsfw:
            raise Refused(f"{command['name']} is for age-restricted channels")
        default = command.get("default_member_permissions")
        if default is None or any((command["name"], each) in self.shown_to for each in [member.id, *member.role_ids]):
            return
        if bits != ALL and (int(default) == 0 or bits & int(default) != int(default)):
            raise Refused(f"{member.user.name} is not shown {command['name']}")

    def _check_sees(self, member: Member | User, message: Message) -> None:
        if message.deleted:
            raise Refused("The message is gone")
        if message.visible_to not in {None, member.id}:
            raise Refused("Another member's ephemeral message")
        if isinstance(member, Member) and not permissions_in(member, message.channel) & Permission.VIEW_CHANNEL:
            raise Refused(f"{member.user.name} does not see the channel")

    def _resolved(self, channel: Channel) -> Resolved:
        return Resolved(self._payloads, self._cdn, channel)

    def _shown(self, member: Member | User) -> Interaction | None:
        return next(
            (
                each
                for each in reversed(self._world.interactions.values())
                if each.modal and each.user is _user(member) and each.id not in self._submitted
            ),
            None,
        )


def _user(member: Member | User) -> User:
    return member.user if isinstance(member, Member) else member


def _command_data(command: Json, options: list[Json], resolved: Resolved) -> dict[str, Any]:
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    if options:
        data["options"] = options
    return {**data, "resolved": resolved.found} if resolved.found else data


def _pick(components: list[Json], wanted: str, text: Callable[[Json], str]) -> Json:
    by_id = [each for each in components if each.get("custom_id") == wanted]
    by_text = [each for each in components if text(each) == wanted]
    by_start = [each for each in components if text(each).startswith(f"{wanted} ")]
    found = by_id or by_text or by_start
    if not found:
        raise Refused(f"No {wanted!r} among {[(text(each), each.get('custom_id')) for each in components]}")
    return found[0]
