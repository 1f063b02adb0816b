"""The rules of an interaction's life on the fake Discord: three seconds, fifteen minutes, one first response."""

from __future__ import annotations

import discord
import pytest
from discord import ui

from tests.wire.discord_fake import Interaction, MovableClock, buttons_of, text_of
from tests.wire.discord_probe import Probe, Rest, Scene


def compose(scene: Scene) -> Interaction:
    return scene.fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})


async def test_a_deferral_becomes_the_edited_answer(probe: Probe, scene: Scene) -> None:
    """Defer shows "thinking", its callback names the message, the edit replaces it and keeps every revision."""
    used = compose(scene)
    interaction = await probe.next()
    answered = await interaction.response.defer(thinking=True)
    thinking = scene.fake.transcript(scene.channel)
    await interaction.edit_original_response(content="Queued")
    await interaction.edit_original_response(content="Done")

    assert thinking == ["Easel: … is thinking"]
    assert answered is not None
    assert used.original is not None
    assert answered.message_id == used.original.id
    assert [revision.text for revision in used.original.revisions] == ["Queued", "Done"]
    scene.fake.assert_clean()


async def test_the_first_response_must_leave_within_three_seconds(
    probe: Probe, scene: Scene, clock: MovableClock
) -> None:
    """After 3 s the interaction is unknown (10062), and the member has read that the application did not respond."""
    used = compose(scene)
    interaction = await probe.next()
    clock.advance(3.1)
    with pytest.raises(discord.NotFound) as late:
        await interaction.response.defer()

    assert late.value.code == 10062
    assert scene.fake.desk.unanswered() == [used]


async def test_a_second_first_response_is_refused(probe: Probe, scene: Scene, rest: Rest) -> None:
    """An interaction is acknowledged once; again is 40060, and nothing more appears."""
    compose(scene)
    interaction = await probe.next()
    await interaction.response.send_message("one")
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    again = await rest("POST", path, {"type": 4, "data": {"content": "two"}})

    assert (again.status, again.code) == (400, 40060)
    assert scene.fake.transcript(scene.channel) == ["Easel: one"]


async def test_a_follow_up_before_the_response_is_refused(probe: Probe, scene: Scene) -> None:
    """Until the first response the token's webhook is unknown: 10015."""
    compose(scene)
    interaction = await probe.next()
    with pytest.raises(discord.NotFound) as early:
        await interaction.followup.send("too early")

    assert early.value.code == 10015


async def test_the_token_dies_after_fifteen_minutes(probe: Probe, scene: Scene, clock: MovableClock) -> None:
    """Then every use of it is 401 with 50027, while the bot's own token still edits the public answer."""
    used = compose(scene)
    interaction = await probe.next()
    await interaction.response.send_message("working")
    clock.advance(14 * 60)
    await interaction.edit_original_response(content="still working")
    clock.advance(61)
    with pytest.raises(discord.HTTPException) as dead:
        await interaction.edit_original_response(content="done")
    assert used.original is not None
    await probe.get_partial_messageable(scene.channel.id).get_partial_message(used.original.id).edit(content="done")

    assert (dead.value.status, dead.value.code) == (401, 50027)
    assert scene.fake.transcript(scene.channel) == ["Easel: done"]


async def test_the_first_follow_up_after_a_deferral_takes_its_place(probe: Probe, scene: Scene) -> None:
    """It replaces "thinking" and inherits its visibility, so that a private refusal cannot follow a public deferral."""
    compose(scene)
    interaction = await probe.next()
    await interaction.response.defer(thinking=True)
    await interaction.followup.send("refused", ephemeral=True)
    await interaction.followup.send("in private", ephemeral=True)

    assert scene.fake.transcript(scene.channel) == ["Easel: refused"]
    assert [text_of(each) for each in scene.fake.ephemerals(scene.alice)] == ["in private"]


async def test_edit_then_private_reason_then_delete_leaves_only_the_reason(probe: Probe, scene: Scene) -> None:
    """A refusal after a public deferral goes in three steps; the deleted answer is unknown afterwards."""
    compose(scene)
    interaction = await probe.next()
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(content="…")
    await interaction.followup.send("No room is left.", ephemeral=True)
    await interaction.delete_original_response()
    with pytest.raises(discord.NotFound) as gone:
        await interaction.edit_original_response(content="x")

    assert gone.value.code == 10008
    assert scene.fake.transcript(scene.channel, scene.alice) == ["Easel: No room is left."]


async def test_follow_ups_are_fetched_edited_and_deleted_by_id(probe: Probe, scene: Scene) -> None:
    """A follow-up has an id of its own; after its deletion it is unknown."""
    compose(scene)
    interaction = await probe.next()
    await interaction.response.send_message("answer")
    follow_up = await interaction.followup.send("more", wait=True)
    fetched = await interaction.followup.fetch_message(follow_up.id)
    await interaction.followup.edit_message(follow_up.id, content="changed")
    changed = scene.fake.transcript(scene.channel)
    await interaction.followup.delete_message(follow_up.id)
    with pytest.raises(discord.NotFound) as gone:
        await interaction.followup.fetch_message(follow_up.id)

    assert fetched.content == "more"
    assert changed == ["Easel: answer", "Easel: changed"]
    assert gone.value.code == 10008
    assert (await interaction.original_response()).content == "answer"


async def test_a_click_updates_its_own_message(probe: Probe, scene: Scene) -> None:
    """Update and deferred update act on the message that carries the button, even an ephemeral one."""
    compose(scene)
    view: ui.View = ui.View(timeout=None)
    view.add_item(ui.Button(label="Run", custom_id="run"))
    await (await probe.next()).response.send_message("ask", view=view, ephemeral=True)
    [message] = scene.fake.ephemerals(scene.alice)
    scene.fake.click(scene.alice, message, "Run")
    await (await probe.next()).response.edit_message(content="running")
    shown = (text_of(message), buttons_of(message))
    scene.fake.click(scene.alice, message, "run")
    interaction = await probe.next()
    await interaction.response.defer()
    await interaction.edit_original_response(content="ran", view=None)

    assert shown == ("running\n[Run]", ["Run"])
    assert text_of(message) == "ran"
    scene.fake.assert_clean()


@pytest.mark.parametrize(
    "callback",
    [
        {"type": 7, "data": {"content": "no source"}},
        {"type": 8, "data": {"choices": []}},
        {"type": 5, "data": {"content": "a deferral has no content"}},
        {"type": 5, "data": {"flags": 1 << 15}},
        {"type": 9, "data": {"title": "t" * 46, "custom_id": "x", "components": [{"type": 10, "content": "x"}]}},
        {"type": 9, "data": {"title": "t", "custom_id": "x", "components": []}},
    ],
)
async def test_callbacks_that_do_not_fit_the_interaction_are_refused(
    probe: Probe, scene: Scene, rest: Rest, callback: dict[str, object]
) -> None:
    """A command takes a message, a bare deferral or a sound form; anything else is 50035 and no answer."""
    used = compose(scene)
    interaction = await probe.next()
    answer = await rest("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", callback)

    assert (answer.status, answer.code) == (400, 50035)
    assert used.response is None
    with pytest.raises(AssertionError):
        scene.fake.assert_clean()


async def test_an_unknown_interaction_cannot_be_answered(probe: Probe, scene: Scene, rest: Rest) -> None:
    """A token that was never given is 10062, its webhook 10015."""
    assert probe.is_ready()
    callback = await rest("POST", "/interactions/1/nothing/callback", {"type": 5})
    webhook = await rest("POST", f"/webhooks/{scene.fake.world.application_id}/nothing", {"content": "x"})

    assert (callback.code, webhook.code) == (10062, 10015)


async def test_a_duplicate_delivery_reaches_the_bot_twice(probe: Probe, scene: Scene) -> None:
    """One interaction may arrive as two events with one id; only one first response is taken."""
    scene.fake.gateway.copies = 2
    used = compose(scene)
    first, second = await probe.next(), await probe.next()
    await first.response.defer()
    with pytest.raises(discord.HTTPException) as twice:
        await second.response.defer()

    assert (used.deliveries, first.id) == (2, second.id)
    assert twice.value.code == 40060


async def test_a_late_delivery_arrives_after_the_three_seconds(probe: Probe, scene: Scene, clock: MovableClock) -> None:
    """The interaction's age counts from the member's act, not from the event's arrival."""
    scene.fake.gateway.delay = 4.0
    compose(scene)
    clock.advance(4.1)
    interaction = await probe.next()
    with pytest.raises(discord.NotFound) as late:
        await interaction.response.defer()

    assert late.value.code == 10062
