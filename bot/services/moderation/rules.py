"""A server's rules as moderators set them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import replace

from bot import texts
from bot.db.moderation import ModerationStore
from bot.db.rules import RuleStore
from bot.db.styles import StyleStore
from bot.domain.approvals import NoDesk
from bot.domain.clock import Clock
from bot.domain.errors import BadRequest, Faults
from bot.domain.marks import NsfwRule
from bot.domain.models import CATALOGUE, find_model
from bot.domain.money import format_usd, parse_limit
from bot.domain.parameters import ASPECT
from bot.domain.periods import zone_named
from bot.domain.rules import ChannelAccess, ChannelRule, RuleChange, ServerRules
from bot.domain.styles import NoSuchStyle, Style, named
from bot.services.rights import Actor, require_manage, require_reason

MOST_AT_ONCE = 20
MOST_DESK_ROLES = 10


class ServerSettings:
    """Shows and changes what the moderators of a server decide."""

    def __init__(self, store: RuleStore, styles: StyleStore, moderation: ModerationStore, clock: Clock) -> None:
        self._store = store
        self._styles = styles
        self._moderation = moderation
        self._clock = clock

    async def rules(self, actor: Actor) -> ServerRules:
        """What is set.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        return await self._store.rules(actor.guild_id)

    async def set_zone(self, actor: Actor, typed: str) -> ServerRules:
        """Count the server's days in another time zone from now on.

        Raises:
            NotAllowed: without Manage Server.
            UnknownZone: there is no such zone.
        """
        zone = typed.strip() or "UTC"
        zone_named(zone)
        return await self._set(actor, "zone", zone, lambda rules: rules.zone, zone)

    async def set_log_channel(self, actor: Actor, channel_id: int | None) -> ServerRules:
        """Say where each act of the moderators is told as well; None: nowhere."""
        return await self._set(
            actor, "log_channel_id", channel_id, lambda rules: _or_none(rules.log_channel_id), _or_none(channel_id)
        )

    async def set_desk_channel(self, actor: Actor, channel_id: int | None) -> ServerRules:
        """Say where requests and reports to the moderators are posted; None: nowhere."""
        return await self._set(
            actor, "desk_channel_id", channel_id, lambda rules: _or_none(rules.desk_channel_id), _or_none(channel_id)
        )

    async def set_showcase_channel(self, actor: Actor, channel_id: int | None) -> ServerRules:
        """Say where members may share their pictures; None: nowhere. What was shared stays where it is."""
        return await self._set(
            actor,
            "showcase_channel_id",
            channel_id,
            lambda rules: _or_none(rules.showcase_channel_id),
            _or_none(channel_id),
        )

    async def set_confirmation(self, actor: Actor, typed: str) -> ServerRules:
        """Ask before a job that costs more than this is run; `none` never asks.

        Raises:
            NotAllowed: without Manage Server.
            BadAmount: the amount cannot be read.
        """
        amount = parse_limit(typed)
        after = "none" if amount is None else format_usd(amount)
        return await self._set(
            actor,
            "confirm_above_micros",
            amount,
            lambda rules: "none" if rules.confirm_above_micros is None else format_usd(rules.confirm_above_micros),
            after,
        )

    async def set_nsfw(self, actor: Actor, rule: NsfwRule) -> ServerRules:
        """Say what becomes of pictures that the provider marks as unsafe.

        Raises:
            NotAllowed: without Manage Server.
            NoDesk: moderators are to decide, and there is no channel to ask them in.
        """
        require_manage(actor)
        await self._require_desk_for(actor, rule)
        return await self._set(actor, "nsfw", rule.value, lambda rules: rules.nsfw.value, rule.value)

    async def set_unmarked(self, actor: Actor, *, is_unsafe: bool) -> ServerRules:
        """Say whether pictures that come without a mark of the provider count as unsafe; many models send none."""
        after = "unsafe" if is_unsafe else "shown"
        return await self._set(
            actor,
            "unmarked_is_unsafe",
            int(is_unsafe),
            lambda rules: "unsafe" if rules.unmarked_is_unsafe else "shown",
            after,
        )

    async def set_approval(self, actor: Actor, *, wanted: bool) -> ServerRules:
        """Have every request of a member wait for a moderator, or only those over a limit."""
        after = "every request" if wanted else "over limits"
        return await self._set(
            actor, "approval", int(wanted), lambda rules: "every request" if rules.approval else "over limits", after
        )

    async def set_desk_roles(self, actor: Actor, role_ids: Collection[int]) -> ServerRules:
        """Name the roles whose holders may press the buttons of requests and reports; none names nobody.

        Raises:
            NotAllowed: without Manage Server.
            BadRequest: more than ten, or the role that everybody has.
        """
        require_manage(actor)
        if actor.guild_id in role_ids:  # a server's @everyone has the server's own id
            raise BadRequest(texts.settings.EVERYBODYS_ROLE)
        if len(role_ids) > MOST_DESK_ROLES:
            raise BadRequest(texts.settings.TOO_MANY_ROLES, most=MOST_DESK_ROLES)
        wanted = tuple(sorted(role_ids))
        await self._store.set_desk_roles(actor.guild_id, wanted, by_member_id=actor.member_id, at=self._clock.now())
        return await self._store.rules(actor.guild_id)

    async def set_models(self, actor: Actor, model_ids: Collection[str]) -> ServerRules:
        """Offer members exactly these models; none gives back those that every server has at first.

        Raises:
            NotAllowed: without Manage Server.
            UnknownModel: one is not in the catalogue.
        """
        require_manage(actor)
        wanted = [model.id for model in CATALOGUE if model.id in {find_model(each).id for each in model_ids}]
        return await self._set(
            actor,
            "models",
            json.dumps(wanted) if wanted else None,
            lambda rules: " ".join(rules.models or ()) or "none",
            " ".join(wanted) or "none",
        )

    async def set_jobs_at_once(self, actor: Actor, typed: str) -> ServerRules:
        """Cap how many jobs each member has running; `none` is no cap.

        Raises:
            NotAllowed: without Manage Server.
            BadRequest: no whole number from 1 to 20, and not `none`.
        """
        cap = _whole_number(typed)
        return await self._set(actor, "jobs_at_once", cap, lambda rules: _or_none(rules.jobs_at_once), _or_none(cap))

    async def set_access(self, actor: Actor, channel_id: int, access: ChannelAccess | None) -> bool:
        """Allow or deny a channel, forum or thread, or give it no rule of its own; False if that was so already."""
        require_manage(actor)
        own = (await self._store.rules(actor.guild_id)).rule_for(channel_id, channel_id)
        rule = replace(own, access=access)
        return await self._replace(actor, rule)

    async def set_channel_defaults(
        self, actor: Actor, channel_id: int, *, model_id: str, aspect_ratio: str, nsfw: str, style: str = ""
    ) -> ChannelRule:
        """Give a channel its own model, shape, rule for unsafe pictures and style; empty words are the server's.

        Raises:
            NotAllowed: without Manage Server.
            BadRequest: no such model, shape, rule or style; all that is wrong at once.
            NoDesk: moderators are to decide, and there is no channel to ask them in.
        """
        require_manage(actor)
        model, shape, rule_for_unsafe, styled, faults = None, aspect_ratio.strip() or None, None, None, Faults()
        with faults.noted():
            model = find_model(model_id.strip()).id if model_id.strip() else None
        with faults.noted():
            if shape is not None:
                ASPECT.check(shape)
        with faults.noted():
            rule_for_unsafe = _nsfw_named(nsfw)
        with faults.noted():
            styled = await self._style_named(actor, style)
        faults.tell()
        own = (await self._store.rules(actor.guild_id)).rule_for(channel_id, channel_id)
        await self._require_desk_for(actor, rule_for_unsafe)
        rule = replace(
            own,
            model_id=model,
            aspect_ratio=shape,
            nsfw=rule_for_unsafe,
            style_id=None if styled is None else styled.style_id,
            style=None if styled is None else styled.name,
        )
        await self._replace(actor, rule)
        return rule

    async def forget_channels(self, actor: Actor, channel_ids: Collection[int]) -> ServerRules:
        """Take every rule from these channels; an allowed one that was deleted would keep all others closed.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        for channel_id in sorted(channel_ids):
            await self._replace(actor, ChannelRule(channel_id))
        return await self._store.rules(actor.guild_id)

    async def pause(self, actor: Actor, reason: str) -> bool:
        """Stop new jobs in this server at once; running ones finish. False if it was paused already.

        Raises:
            NotAllowed: without Manage Server.
            BadRequest: no reason; members read it.
        """
        require_manage(actor)
        words = require_reason(reason, texts.rules.PAUSE_NEEDS_REASON)
        return await self._moderation.pause(
            actor.guild_id, reason=words, by_member_id=actor.member_id, at=self._clock.now()
        )

    async def resume(self, actor: Actor) -> bool:
        """Take new jobs again; False if the server was not paused."""
        require_manage(actor)
        return await self._moderation.resume(actor.guild_id, by_member_id=actor.member_id, at=self._clock.now())

    async def _set(
        self, actor: Actor, rule: str, value: int | str | None, said: Callable[[ServerRules], str], after: str
    ) -> ServerRules:
        require_manage(actor)
        before = said(await self._store.rules(actor.guild_id))
        if before != after:
            change = RuleChange(rule, value, before, after)
            await self._store.set_rule(actor.guild_id, change, by_member_id=actor.member_id, at=self._clock.now())
        return await self._store.rules(actor.guild_id)

    async def _style_named(self, actor: Actor, typed: str) -> Style | None:
        if not typed.strip():
            return None
        style = named(await self._styles.styles(actor.guild_id), typed)
        if style is None:
            raise NoSuchStyle(typed.strip())
        return style

    async def _require_desk_for(self, actor: Actor, rule: NsfwRule | None) -> None:
        if rule is NsfwRule.HELD and (await self._store.rules(actor.guild_id)).desk_channel_id is None:
            raise NoDesk.unset()

    async def _replace(self, actor: Actor, rule: ChannelRule) -> bool:
        return await self._store.set_channel_rule(
            actor.guild_id, rule, by_member_id=actor.member_id, at=self._clock.now()
        )


def _whole_number(typed: str) -> int | None:
    words = typed.strip().casefold()
    if words in {"", "none"}:
        return None
    if not words.isascii() or not words.isdigit() or not 1 <= int(words) <= MOST_AT_ONCE:
        raise BadRequest(texts.settings.NO_WHOLE_NUMBER, most=MOST_AT_ONCE)
    return int(words)


def _nsfw_named(typed: str) -> NsfwRule | None:
    words = typed.strip().casefold()
    if not words:
        return None
    named = {each.value: each for each in NsfwRule} | {"adult": NsfwRule.ADULT_CHANNELS}
    if words not in named:
        raise BadRequest(texts.settings.NO_SUCH_RULE, typed=words[:40])
    return named[words]


def _or_none(value: int | None) -> str:
    return "none" if value is None else str(value)
