"""Turns the world's objects into the JSON that Discord sends for them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

from bot.domain.clock import SECOND, Instant
from tests.wire.discord_fake.cdn import Cdn
from tests.wire.discord_fake.component_rules import media_of, walk
from tests.wire.discord_fake.permissions import base_permissions
from tests.wire.discord_fake.shapes import Json
from tests.wire.discord_fake.world import (
    Channel,
    ChannelKind,
    DiscordWorld,
    Guild,
    Interaction,
    Member,
    Message,
    Role,
    User,
)

_OWNERS = {"0": "0"}
SESSION_STARTS = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}


def timestamp(instant: Instant) -> str:
    """Write an instant as Discord does."""
    return datetime.fromtimestamp(instant / SECOND, UTC).isoformat()


class Payloads:
    """Builds JSON; attachment addresses are signed afresh each time."""

    def __init__(self, world: DiscordWorld, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn

    def user(self, user: User) -> Json:
        """Build a user object."""
        return {
            "id": str(user.id),
            "username": user.name,
            "global_name": user.name,
            "discriminator": "0",
            "avatar": None,
            "bot": user.bot,
            "system": False,
            "flags": 0,
            "public_flags": 0,
            "primary_guild": None,
        }

    def me(self) -> Json:
        """Build the bot's own user object."""
        return {**self.user(self._world.bot), "mfa_enabled": False, "locale": "en-US", "verified": True}

    def application(self) -> Json:
        """Build the application object."""
        return {
            "id": str(self._world.application_id),
            "name": self._world.bot.name,
            "icon": None,
            "description": "",
            "type": None,
            "verify_key": "0" * 64,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": self.user(self._world.operator),
            "approximate_guild_count": len(self._world.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": [],
        }

    def member(self, member: Member) -> Json:
        """Build a guild member object."""
        return {
            "user": self.user(member.user),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [str(role) for role in member.role_ids],
            "joined_at": timestamp(member.joined_at),
            "premium_since": None,
            "communication_disabled_until": None,
            "pending": False,
            "deaf": False,
            "mute": False,
            "flags": 0,
        }

    def role(self, role: Role) -> Json:
        """Build a role object."""
        return {
            "id": str(role.id),
            "name": role.name,
            "permissions": str(role.permissions),
            "position": 0,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": role.managed,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }

    def channel(self, channel: Channel) -> Json:
        """Build a channel, thread or direct-message object."""
        payload: Json = {
            "id": str(channel.id),
            "type": int(channel.kind),
            "flags": 0,
            "last_message_id": str(max(channel.messages)) if channel.messages else None,
        }
        if channel.kind is ChannelKind.DM:
            recipients = [self.user(channel.recipient)] if channel.recipient else []
            return {**payload, "recipients": recipients}
        payload |= {"name": channel.name, "guild_id": str(channel.guild.id) if channel.guild else None}
        payload["parent_id"] = str(channel.parent.id) if channel.parent else None
        if channel.is_thread:
            return payload | self._thread(channel)
        return payload | {
            "position": 0,
            "nsfw": channel.nsfw,
            "topic": None,
            "rate_limit_per_user": 0,
            "available_tags": [],
            "permission_overwrites": [self._overwrite(channel, each) for each in channel.overwrites],
        }

    def own_guild(self, guild: Guild) -> Json:
        """Build a guild as the list of a bot's own guilds gives it, with what the bot's roles allow there."""
        return {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(base_permissions(guild.members[self._world.bot.id])),
            "features": [],
        }

    def guild(self, guild: Guild) -> Json:
        """Build a guild object as REST gives it."""
        return {
            "id": str(guild.id),
            "name": guild.name,
            "owner_id": str(guild.owner_id),
            "premium_tier": guild.tier,
            "roles": [self.role(role) for role in guild.roles.values()],
            "features": [],
            "emojis": [],
            "stickers": [],
            "region": "deprecated",
            "preferred_locale": "en-US",
            "afk_timeout": 300,
            "max_members": 500_000,
            "max_presences": None,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "widget_enabled": False,
            "nsfw": False,
            **dict.fromkeys(_GUILD_NUMBERS, 0),
            **dict.fromkeys(_GUILD_NULLS),
        }

    def guild_create(self, guild: Guild) -> Json:
        """Build a guild object as the gateway gives it."""
        bot = guild.members[self._world.bot.id]
        channels = [self.channel(each) for each in guild.channels.values() if not each.is_thread]
        threads = [self.channel(each) for each in guild.channels.values() if each.is_thread and not each.archived]
        return {
            **self.guild(guild),
            "joined_at": timestamp(bot.joined_at),
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members),
            "members": [self.member(bot)],
            "channels": channels,
            "threads": threads,
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def message(self, message: Message, *, hide_content: bool = False) -> Json:
        """Build a message object.

        Args:
            message: the message.
            hide_content: whether what others wrote is blanked, as for a bot without the message-content intent.
        """
        hidden = hide_content and message.author is not self._world.bot
        mentioned = [user for user in self._world.users.values() if user.mention in message.content]
        payload: Json = {
            "id": str(message.id),
            "channel_id": str(message.channel.id),
            "type": _message_type(message),
            "author": self.user(message.author),
            "content": "" if hidden else message.content,
            "embeds": [] if hidden else copy.deepcopy(message.embeds),
            "attachments": [] if hidden else [self._cdn.payload(each) for each in message.attachments],
            "components": [] if hidden else self._components(message),
            "flags": message.flags,
            "timestamp": timestamp(message.created_at),
            "edited_timestamp": timestamp(message.edited_at) if message.edited_at else None,
            "mentions": [self.user(user) for user in mentioned],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
        }
        if message.reactions:
            payload["reactions"] = [_reaction(each) for each in message.reactions]
        if message.nonce is not None:
            payload["nonce"] = message.nonce
        if message.reference_id is not None:
            payload["message_reference"] = {
                "type": 0,
                "message_id": str(message.reference_id),
                "channel_id": str(message.channel.id),
            }
        if message.interaction:
            payload |= self._origin(message.interaction)
        return payload

    def interaction(self, interaction: Interaction, permissions: int, app_permissions: int) -> Json:
        """Build the INTERACTION_CREATE event."""
        guild = interaction.channel.guild
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self._world.application_id),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel": {**self.channel(interaction.channel), "permissions": str(permissions)},
            "channel_id": str(interaction.channel.id),
            "app_permissions": str(app_permissions),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id)} if guild else _OWNERS,
            "context": 0 if guild else 1,
            "attachment_size_limit": interaction.channel.file_limit,
        }
        if interaction.source:
            payload["message"] = self.message(interaction.source)
        if guild is None:
            return payload | {"user": self.user(interaction.user)}
        member = {**self.member(guild.members[interaction.user.id]), "permissions": str(permissions)}
        partial: Json = {"id": str(guild.id), "locale": "en-US", "features": []}
        return payload | {"guild_id": str(guild.id), "guild_locale": "en-US", "guild": partial, "member": member}

    def _thread(self, channel: Channel) -> Json:
        return {
            "owner_id": str(self._world.bot.id),
            "message_count": len(channel.messages),
            "total_message_sent": len(channel.messages),
            "member_count": 1,
            "rate_limit_per_user": 0,
            "thread_metadata": {
                "archived": channel.archived,
                "locked": channel.locked,
                "auto_archive_duration": 1440,
                "archive_timestamp": timestamp(channel.created_at),
                "create_timestamp": timestamp(channel.created_at),
            },
        }

    @staticmethod
    def _overwrite(channel: Channel, who: int) -> Json:
        allow, deny = channel.overwrites[who]
        role = channel.guild is not None and who in channel.guild.roles
        return {"id": str(who), "type": 0 if role else 1, "allow": str(allow), "deny": str(deny)}

    def _components(self, message: Message) -> list[Json]:
        components = copy.deepcopy(message.components)
        known = {str(each.id): each for each in message.attachments}
        for _, component in walk(components):
            for media in media_of(component):
                if media.get("attachment_id") in known:
                    url = self._cdn.url(known[media["attachment_id"]])
                    media |= {"url": url, "proxy_url": url}
        return components

    def _origin(self, interaction: Interaction) -> Json:
        metadata = {
            "id": str(interaction.id),
            "type": interaction.kind,
            "user": self.user(interaction.user),
            "authorizing_integration_owners": {},
        }
        if interaction.kind == _MESSAGE_COMPONENT and interaction.source:
            metadata["interacted_message_id"] = str(interaction.source.id)
        if interaction.kind == _MODAL_SUBMIT:
            metadata["triggering_interaction_metadata"] = {**metadata, "type": _COMMAND}
        application = str(self._world.application_id)
        return {"webhook_id": application, "application_id": application, "interaction_metadata": metadata}


_COMMAND, _MESSAGE_COMPONENT, _MODAL_SUBMIT = 2, 3, 5
_GUILD_NUMBERS = (
    "default_message_notifications", "mfa_level", "explicit_content_filter", "verification_level", "nsfw_level",
    "system_channel_flags",
)  # fmt: skip
_GUILD_NULLS = (
    "icon", "description", "home_header", "splash", "discovery_splash", "banner", "application_id", "afk_channel_id",
    "system_channel_id", "widget_channel_id", "vanity_url_code", "rules_channel_id", "safety_alerts_channel_id",
    "public_updates_channel_id", "incidents_data",
)  # fmt: skip


def _reaction(emoji: str) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": 1,
        "count_details": {"burst": 0, "normal": 1},
        "burst_colors": [],
        "me_burst": False,
        "me": False,
    }


def _message_type(message: Message) -> int:
    if message.interaction is None:
        return 0 if message.reference_id is None else 19
    if message.interaction.kind != _COMMAND:
        return 0
    return 20 if message.interaction.data.get("type") == 1 else 23


def dumps(payload: Any) -> str:
    """Write JSON."""
    return json.dumps(payload, separators=(",", ":"))
