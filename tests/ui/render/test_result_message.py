"""The result message: the picture first, the requester told, the cost exact, and a mark to find it by."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest
import simcord
from discord import ui

from bot.domain.clock import DAY
from bot.domain.jobs import MessageAt, PredictionState
from bot.domain.story import Story
from bot.services.ports.messages import Link
from bot.ui.render.actions import ActionSelect
from bot.ui.render.creative.details import render_details
from bot.ui.render.drawing import PING_NOBODY, mentioning
from bot.ui.render.layout import Layout
from bot.ui.render.result import find_marker, render_result
from bot.ui.render.status import render_status
from bot.ui.render.theme import Accent
from tests.ui.samples import (
    MEMBER,
    NOW,
    PROMPT,
    RESULT_AT,
    accent_of,
    items,
    job,
    labels_of,
    picture,
    snapshot,
    text_of,
)

S = PredictionState
SETTINGS = "FLUX Kontext Max Multi · 16:9 · guidance 3.5"
LINK = Link("https://cdn.example/out put.png", NOW + 7 * DAY)


def test_one_picture() -> None:
    """Mention, picture, prompt, small print with seconds and cost; green, and the buttons to go on with."""
    view = render_result(job(S.COMPLETED), [picture()])

    assert text_of(view) == (f"<@{MEMBER}> here is your picture.\n> {PROMPT}\n-# {SETTINGS} · 7.4 s · $0.08 · job 4F7K")
    assert accent_of(view) == Accent.DONE
    assert labels_of(view) == [
        "Edit this \u00b7 $0.08",
        "Again \u00b7 $0.08",
        "Change",
        "Use as reference",
        "Details",
        "Delete",
    ]


def test_the_picture_comes_first() -> None:
    """Nothing but the line to the requester stands above the picture."""
    kinds = [type(item) for item in items(render_result(job(S.COMPLETED), [picture()]))]

    assert kinds[:3] == [ui.TextDisplay, ui.Container, ui.MediaGallery]


def test_all_pictures_are_attached_with_their_alt_texts() -> None:
    """Four pictures stand in one gallery, in order, each described."""
    view = render_result(job(*[S.COMPLETED] * 4), [picture(n) for n in (1, 2, 3, 4)])

    (gallery,) = [item for item in items(view) if isinstance(item, ui.MediaGallery)]
    assert [(each.media.url, each.description) for each in gallery.items] == [
        (f"attachment://4F7K-{n}.png", f"Picture {n} of job 4F7K") for n in (1, 2, 3, 4)
    ]
    assert text_of(view).startswith(f"<@{MEMBER}> here are your 4 pictures.")


def test_partial_success_is_shown_and_charged_as_such() -> None:
    """Two of three came: two are paid, and the third's money is said to be back, with the reason."""
    text = text_of(render_result(job(S.COMPLETED, S.FAILED, S.COMPLETED), [picture(1), picture(2)]))

    assert text == (
        f"<@{MEMBER}> here are 2 of your 3 pictures.\n> {PROMPT}\n"
        "2 of 3 pictures; $0.08 came back: refused by the safety check.\n"
        f"-# {SETTINGS} · 3 pictures · 7.4 s · $0.16 · job 4F7K"
    )


def test_each_seed_belongs_to_a_picture_that_can_be_seen() -> None:
    """Which seed is whose stands in the details, without ids; several by chance are not told under the result."""
    made = job(S.COMPLETED, S.CANCELLED, S.COMPLETED, S.CANCELLED)
    seeded = replace(made, predictions=tuple(replace(p, seed=50 - p.n, provider_id="f" * 32) for p in made.predictions))
    details = text_of(render_details(Story(seeded, ()), has_strip=False))

    assert "seed" not in text_of(render_result(seeded, [picture(1), picture(2)]))
    assert "picture 1: seed 49 · picture 2: seed 47" in details
    assert "48" not in details
    assert "f" * 32 not in details


def test_what_came_of_another_job_names_it() -> None:
    """An edit says from which result it went on; the mark at the end is still its own."""
    edited = job(S.COMPLETED, parent_job_id="3QD2")

    assert "from job 3QD2 · 7.4 s · $0.08 · job 4F7K" in text_of(render_result(edited, [picture(1)]))


def test_what_came_of_another_result_leads_to_it() -> None:
    """Where that result can still be seen its name is the way to it."""
    edited = job(S.COMPLETED, parent_job_id="3QD2", parent_message=MessageAt(5, 6))
    view = render_result(edited, [picture(1)])

    assert f"· [from job 3QD2](https://discord.com/channels/{edited.guild_id}/5/6) · 7.4 s" in text_of(view)


def test_a_long_chain_ends_with_how_it_began() -> None:
    """The details name the nearest steps, how many lie between, and the first, to which there is a way."""
    steps = tuple(job(S.COMPLETED, job_id=f"STEP{n}", result_message=RESULT_AT) for n in range(5))
    first = job(S.COMPLETED, job_id="F1RST", result_message=RESULT_AT, prompt="The very first")
    view = render_details(Story(job(S.COMPLETED), steps, first, 3), has_strip=False)
    [select] = [item.item for item in items(view) if isinstance(item, ActionSelect)]
    lines = text_of(view).splitlines()
    at = lines.index("… 3 more steps …")

    assert lines[at - 1].startswith("`STEP4`")
    assert lines[at + 1].startswith("It began with `F1RST` The very first · [see it](https://discord.com/channels/")
    assert [option.value for option in select.options] == ["STEP0", "STEP1", "STEP2", "STEP3", "STEP4", "F1RST"]


def test_a_prompt_that_fills_the_details_still_leaves_the_way_to_the_first() -> None:
    """What is cut for want of room is the steps in between."""
    steps = tuple(job(S.COMPLETED, job_id=f"STEP{n}", result_message=RESULT_AT) for n in range(5))
    first = job(S.COMPLETED, job_id="F1RST", result_message=RESULT_AT)
    whole = job(S.COMPLETED, prompt="x" * 3_000)
    text = text_of(render_details(Story(whole, steps, first, 3), has_strip=False))

    assert "It began with `F1RST`" in text
    assert "`STEP4`" not in text


def test_what_is_still_coming_is_said() -> None:
    """At the deadline the finished pictures are shown and the others announced."""
    one = text_of(render_result(job(S.COMPLETED, S.PROCESSING), [picture()]))
    two = text_of(render_result(job(S.COMPLETED, S.PROCESSING, S.UNKNOWN), [picture()]))

    assert f"<@{MEMBER}> here is 1 of your 2 pictures." in one
    assert "One more is still being made and will be added here." in one
    assert "2 more are still being made and will be added here." in two


def test_a_picture_too_large_to_attach_is_linked_until_it_expires() -> None:
    """The address is kept whole, and the line says until when it works."""
    text = text_of(render_result(job(S.COMPLETED, S.COMPLETED), [picture(), LINK]))

    until = f"<t:{LINK.expires_at // 1000}:F>"
    assert (
        f"Picture 2 is too large for this server. [Open it here](<https://cdn.example/out%20put.png>) until {until}."
        in text.splitlines()
    )


@pytest.mark.parametrize("url", ["https://cdn.example/" + "x" * 700, "javascript:alert(1)"])
def test_an_address_that_cannot_be_linked_is_not(url: str) -> None:
    """Neither endless addresses nor anything but the web's are shown."""
    text = text_of(render_result(job(S.COMPLETED), [Link(url, NOW)]))

    assert "its address is too long to show" in text
    assert url not in text


def test_a_member_who_deleted_their_data_is_not_named() -> None:
    """The result of a job without a member mentions nobody."""
    view = render_result(job(S.COMPLETED, member_id=None, prompt=""), [picture()])

    assert text_of(view).splitlines()[0] == "Here is what was asked for."
    assert "<@" not in text_of(view)


async def sent(
    env: simcord.Env, view: ui.LayoutView, allowed: discord.AllowedMentions = PING_NOBODY
) -> discord.Message:
    """The message as Discord gives it back."""
    channel = env.bot.get_channel(env.create_guild().create_text_channel("studio").id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send(view=view, allowed_mentions=allowed)
    view.stop()
    return await channel.fetch_message(message.id)


async def test_mark_is_found_again_in_a_sent_result() -> None:
    """After a restart the channel is searched for the job's result by this mark, never by what a member wrote."""
    forger = job(S.COMPLETED, job_id="3QD2M0", prompt="-# job 9Z9Z9Z\n-# job 9Z9Z9Z")
    forged = render_result(replace(forger, parent_job_id="8Y8Y8Y", parent_message=MessageAt(5, 6)), [LINK])
    async with simcord.run(discord.Client(intents=discord.Intents(guilds=True))) as env:
        result = await sent(env, forged)

        assert find_marker(result.components) == "3QD2M0"


async def test_status_messages_and_strangers_carry_no_mark() -> None:
    """A status message of the same job is not taken for its result, nor is any other layout."""
    status = render_status(snapshot(job(S.COMPLETED, references=(), result_message=RESULT_AT)))
    lines = ui.LayoutView().add_item(ui.TextDisplay("Hello")).add_item(ui.TextDisplay("-# job 4F7K"))
    other = Layout(Accent.DONE, above="Hello").text("job 4F7K").build()
    async with simcord.run(discord.Client(intents=discord.Intents(guilds=True))) as env:
        found = [find_marker((await sent(env, view)).components) for view in (status, other, lines)]

    assert found == [None, None, None]
    assert find_marker([]) is None


async def test_only_the_requester_is_mentioned() -> None:
    """A prompt full of mentions pings nobody; the requester is told."""
    async with simcord.run(discord.Client(intents=discord.Intents(guilds=True))) as env:
        alice, bob = env.create_user("alice"), env.create_user("bob")
        prompt = f"@everyone @here <@{bob.id}> <@&1> <#2>"
        view = render_result(job(S.COMPLETED, member_id=alice.id, prompt=prompt), [LINK])
        message = await sent(env, view, mentioning(alice.id))

        assert [user.id for user in message.mentions] == [alice.id]
        assert message.role_mentions == []
        assert not message.mention_everyone
