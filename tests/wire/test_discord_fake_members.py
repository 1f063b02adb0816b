"""What members can do on the fake Discord, and what reaches a discord.py bot of it."""

from __future__ import annotations

import asyncio
import random

import discord
import pytest
from discord import ui

from tests.wire.discord_fake import ChannelKind, Permission, Refused, Upload, build, buttons_of, text_of
from tests.wire.discord_probe import Probe, Scene


async def test_a_slash_command_reaches_the_bot_with_its_options(probe: Probe, scene: Scene, png: bytes) -> None:
    """Options arrive typed, an uploaded file can be read from the CDN, and the member's rights are told."""
    scene.fake.slash(
        scene.alice, scene.channel, "edit", {"prompt": "a hat", "image": Upload("cat.png", png), "seed": 3}
    )
    interaction = await probe.next()

    namespace = interaction.namespace
    assert (namespace.prompt, namespace.seed) == ("a hat", 3)
    assert isinstance(namespace.image, discord.Attachment)
    assert (namespace.image.filename, namespace.image.width, namespace.image.ephemeral) == ("cat.png", 4, True)
    assert await namespace.image.read() == png
    assert interaction.app_permissions.attach_files
    assert interaction.filesize_limit == scene.guild.file_limit
    scene.fake.assert_clean()


async def test_options_may_arrive_in_any_order(probe: Probe, scene: Scene) -> None:
    """Names bind the files, whatever order the options and the resolved objects have on the wire."""
    files = {f"image{place}": Upload(f"{place}.png", bytes([place])) for place in (1, 2, 3)}
    used = scene.fake.slash(scene.alice, scene.channel, "compose", files, shuffle=random.Random(4))
    namespace = (await probe.next()).namespace

    assert [each["name"] for each in used.data["options"]] != ["image1", "image2", "image3"]
    assert [namespace[f"image{place}"].filename for place in (1, 2, 3)] == ["1.png", "2.png", "3.png"]


@pytest.mark.parametrize(
    "options",
    [
        {"image": b"x"},
        {"prompt": "", "image": b"x"},
        {"prompt": "p" * 101, "image": b"x"},
        {"prompt": "p", "image": b"x", "seed": 11},
        {"prompt": "p", "image": b"x", "seed": True},
        {"prompt": "p", "image": "not a file"},
        {"prompt": "p", "image": b"x", "aspect_ratio": "2:1"},
        {"prompt": "p", "image": b"x", "colour": "red"},
    ],
)
async def test_options_that_do_not_fit_are_refused_by_the_client(
    probe: Probe, scene: Scene, options: dict[str, str | int | bytes]
) -> None:
    """Discord's client sends nothing that the synced command does not allow."""
    with pytest.raises(Refused):
        scene.fake.slash(scene.alice, scene.channel, "edit", options)

    assert probe.arrived.empty()


async def test_only_synced_commands_are_offered(probe: Probe, scene: Scene) -> None:
    """A command that was never synced cannot be used, and a group needs its subcommand."""
    assert probe.is_ready()
    for name in ("studio", "manage", "manage limit", "manage limit role"):
        with pytest.raises(Refused):
            scene.fake.slash(scene.mo, scene.channel, name, {"amount": "5"})


async def test_default_permissions_hide_a_command_until_the_owner_shows_it(probe: Probe, scene: Scene) -> None:
    """`/manage` is offered with *Manage Server*, or to whom the owner adds under Integrations."""
    with pytest.raises(Refused):
        scene.fake.slash(scene.alice, scene.channel, "manage limit member", {"amount": "5"})
    scene.fake.slash(scene.mo, scene.channel, "manage limit member", {"amount": "5", "user": scene.alice})
    moderators = await probe.next()
    scene.fake.shown_to.add(("manage", scene.alice.id))
    scene.fake.slash(scene.alice, scene.channel, "manage limit member", {"amount": "5"})
    members = await probe.next()

    assert moderators.namespace.user.id == scene.alice.id
    assert moderators.permissions.manage_guild
    assert not members.permissions.manage_guild


async def test_a_channel_overwrite_takes_commands_away(probe: Probe, scene: Scene) -> None:
    """Who may not use commands in a channel is offered none there."""
    assert probe.is_ready()
    build.overwrite(scene.fake.world, scene.channel, scene.alice, deny=Permission.USE_APPLICATION_COMMANDS)

    with pytest.raises(Refused):
        scene.fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})


async def test_autocomplete_gives_the_bots_choices(probe: Probe, scene: Scene) -> None:
    """What a member types is answered with the bot's choices."""
    assert probe.is_ready()
    typed = scene.fake.autocomplete(scene.alice, scene.channel, "edit", "model", "flux", options={"prompt": "x"})
    await scene.fake.until(lambda: typed.choices)

    assert typed.choices == [{"name": "flux-max", "value": "flux-max"}]


async def test_a_message_menu_brings_the_message_with_its_files(probe: Probe, scene: Scene) -> None:
    """A menu gives another's text, which a fetch without the message-content intent does not."""
    written = build.write(scene.fake.world, scene.mo, scene.channel, "look")
    scene.fake.context_menu(scene.alice, scene.channel, "Edit this image", written)
    interaction = await probe.next()
    target = probe.get_partial_messageable(scene.channel.id).get_partial_message(written.id)
    fetched = await target.fetch()

    assert isinstance(interaction.data, dict)
    resolved = interaction.data.get("resolved", {}).get("messages", {})
    assert [each["content"] for each in resolved.values()] == ["look"]
    assert fetched.content == ""


async def test_buttons_and_selects_of_a_layout(probe: Probe, scene: Scene) -> None:
    """Components v2 read as text; a button goes by label or its beginning, a select by label or value."""

    class Panel(ui.LayoutView):
        def __init__(self) -> None:
            super().__init__(timeout=None)
            row: ui.ActionRow[Panel] = ui.ActionRow(ui.Button(label="Again · $0.08", custom_id="again:1"))
            choice: ui.ActionRow[Panel] = ui.ActionRow(
                ui.Select(custom_id="which", options=[discord.SelectOption(label="first", value="1")])
            )
            self.add_item(ui.Container(ui.TextDisplay("Ready"), row))
            self.add_item(choice)

    scene.fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
    await (await probe.next()).response.send_message(view=Panel())
    message = scene.fake.messages(scene.channel)[0]
    clicked = scene.fake.click(scene.mo, message, "Again")
    click = await probe.next()
    chosen = scene.fake.select(scene.mo, message, ["first"])
    await probe.next()

    assert text_of(message) == "Ready\n[Again · $0.08]\n[select : first]"
    assert buttons_of(message) == ["Again · $0.08"]
    assert clicked.data["custom_id"] == "again:1"
    assert click.message is not None
    assert click.message.id == message.id
    assert chosen.data["values"] == ["1"]
    with pytest.raises(Refused):
        scene.fake.click(scene.mo, message, "Cancel")
    with pytest.raises(Refused):
        scene.fake.select(scene.mo, message, ["second"])
    scene.fake.assert_clean()


async def test_a_form_is_filled_in_and_its_files_keep_their_chosen_order_in_values(probe: Probe, scene: Scene) -> None:
    """A modal's answers arrive by custom_id; `values` holds the picked order even when the resolved map does not."""
    modal = ui.Modal(title="Studio", custom_id="studio")
    modal.add_item(ui.Label(text="Prompt", component=ui.TextInput(custom_id="prompt", max_length=20)))
    modal.add_item(
        ui.Label(text="Images", component=ui.FileUpload(custom_id="files", min_values=0, max_values=3, required=False))
    )
    scene.fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
    await (await probe.next()).response.send_modal(modal)
    with pytest.raises(Refused):
        scene.fake.submit_modal(scene.alice, {"Prompt": "p" * 21})
    with pytest.raises(Refused):
        scene.fake.submit_modal(scene.mo, {"Prompt": "p"})
    files = [Upload(f"{place}.png", b"x") for place in range(3)]
    sent = scene.fake.submit_modal(scene.alice, {"prompt": "a hat", "Images": files}, shuffle=random.Random(1))
    submitted = await probe.next()
    await submitted.response.defer()

    fields = [each["component"] for each in sent.data["components"]]
    resolved = sent.data["resolved"]["attachments"]
    assert fields[0]["value"] == "a hat"
    assert [resolved[each]["filename"] for each in fields[1]["values"]] == ["0.png", "1.png", "2.png"]
    assert [each["filename"] for each in resolved.values()] != ["0.png", "1.png", "2.png"]
    assert scene.fake.form_of(scene.alice) is None
    scene.fake.assert_clean()


async def test_ephemeral_messages_belong_to_one_member(probe: Probe, scene: Scene) -> None:
    """An ephemeral answer is seen by its member alone and is unknown to the bot's own token."""
    scene.fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
    interaction = await probe.next()
    view: ui.View = ui.View(timeout=None)
    view.add_item(ui.Button(label="Run", custom_id="run"))
    await interaction.response.send_message("yours alone", view=view, ephemeral=True)
    [message] = scene.fake.ephemerals(scene.alice)

    assert scene.fake.messages(scene.channel) == []
    assert scene.fake.ephemerals(scene.mo) == []
    assert scene.fake.transcript(scene.channel, scene.alice) == ["Easel: yours alone\n[Run]"]
    assert scene.fake.transcript(scene.channel) == []
    with pytest.raises(Refused):
        scene.fake.click(scene.mo, message, "Run")
    with pytest.raises(discord.NotFound) as caught:
        await probe.get_partial_messageable(scene.channel.id).get_partial_message(message.id).edit(content="x")
    assert caught.value.code == 10008


async def test_changes_of_the_world_reach_the_bot(probe: Probe, scene: Scene) -> None:
    """New and deleted channels, threads and guilds are heard of at once."""
    world = scene.fake.world
    forum = build.add_channel(world, scene.guild, "gallery", kind=ChannelKind.FORUM)
    post = build.add_thread(world, forum, "post")
    await scene.fake.until(lambda: probe.get_channel(post.id))
    assert isinstance(probe.get_channel(forum.id), discord.ForumChannel)
    world.delete_channel(forum)
    other = build.add_guild(world, "Other", tier=3)
    await scene.fake.until(lambda: probe.get_guild(other.id))
    joined = probe.get_guild(other.id)
    build.leave(world, other)
    await scene.fake.until(lambda: probe.get_guild(other.id) is None)

    assert probe.get_channel(forum.id) is None
    assert joined is not None
    assert joined.filesize_limit == other.file_limit


async def test_until_fails_with_a_look_at_the_last_requests(scene: Scene) -> None:
    """A condition that never holds is an error that names what the bot last asked for."""
    with pytest.raises(AssertionError, match="last requests"):
        await scene.fake.until(lambda: False, within=0.0)
    await asyncio.sleep(0)
