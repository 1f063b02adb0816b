"""Messages on the fake Discord: rights, the nonce rule, files and their addresses, pages, direct messages."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import aiohttp
import discord
import pytest

from tests.wire.discord_fake import Channel, ChannelKind, MovableClock, Permission, build, images_of
from tests.wire.discord_probe import Probe, Rest, Scene


def target(probe: Probe, channel: Channel) -> discord.PartialMessageable:
    return probe.get_partial_messageable(channel.id)


async def test_one_nonce_makes_one_message(probe: Probe, scene: Scene, clock: MovableClock) -> None:
    """The same nonce gives the same message back while it counts, and a new one after some minutes."""
    first = await target(probe, scene.channel).send("result", nonce="r:1")
    again = await target(probe, scene.channel).send("result", nonce="r:1")
    other = await target(probe, scene.channel).send("status", nonce="s:1")
    clock.advance(181)
    late = await target(probe, scene.channel).send("result", nonce="r:1")

    assert first.id == again.id
    assert len({first.id, other.id, late.id}) == 3
    assert scene.fake.transcript(scene.channel) == ["Easel: result", "Easel: status", "Easel: result"]


async def test_the_nonce_of_a_deleted_message_makes_none(probe: Probe, scene: Scene) -> None:
    """A moderator deleted the message: its nonce answers 10008 and nothing is posted again."""
    await target(probe, scene.channel).send("result", nonce="r:1")
    scene.fake.world.delete_message(scene.fake.messages(scene.channel)[0])
    with pytest.raises(discord.NotFound) as gone:
        await target(probe, scene.channel).send("result", nonce="r:1")

    assert gone.value.code == 10008
    assert scene.fake.messages(scene.channel) == []


async def test_without_enforce_nonce_the_nonce_is_only_kept(scene: Scene, rest: Rest) -> None:
    """A nonce alone does not make a request idempotent."""
    path = f"/channels/{scene.channel.id}/messages"
    answers = [await rest("POST", path, {"content": "x", "nonce": "n"}) for _ in range(2)]

    assert len({answer.body["id"] for answer in answers}) == 2


@pytest.mark.parametrize(
    ("denied", "code"),
    [(Permission.VIEW_CHANNEL, 50001), (Permission.SEND_MESSAGES, 50013)],
)
async def test_rights_in_the_channel_decide(probe: Probe, scene: Scene, denied: Permission, code: int) -> None:
    """Without a view there is no access (50001), without *Send Messages* no permission (50013)."""
    build.overwrite(scene.fake.world, scene.channel, scene.fake.world.bot, deny=denied)
    with pytest.raises(discord.Forbidden) as refused:
        await target(probe, scene.channel).send("x")

    assert refused.value.code == code


async def test_files_want_their_own_right(probe: Probe, scene: Scene) -> None:
    """Without *Attach Files* a message with a file is refused and one without is not."""
    build.overwrite(scene.fake.world, scene.channel, scene.fake.world.bot, deny=Permission.ATTACH_FILES)
    with pytest.raises(discord.Forbidden) as refused:
        await target(probe, scene.channel).send(file=discord.File(io.BytesIO(b"x"), "x.png"))
    await target(probe, scene.channel).send("words")

    assert refused.value.code == 50013
    assert scene.fake.transcript(scene.channel) == ["Easel: words"]


async def test_a_deleted_channel_is_unknown(probe: Probe, scene: Scene) -> None:
    """After its deletion every use of a channel is 10003."""
    scene.fake.world.delete_channel(scene.channel)
    with pytest.raises(discord.NotFound) as gone:
        await target(probe, scene.channel).send("x")

    assert gone.value.code == 10003


async def test_threads_archive_and_lock(probe: Probe, scene: Scene) -> None:
    """A post reopens an archived thread; an edit there is 50083, as is anything in one that is locked as well."""
    world = scene.fake.world
    thread = build.add_thread(world, scene.channel)
    message = await target(probe, thread).send("x")
    build.change_channel(world, thread, archived=True)
    with pytest.raises(discord.HTTPException) as edited:
        await message.edit(content="y")
    await target(probe, thread).send("reopens")
    reopened = not thread.archived
    build.change_channel(world, thread, locked=True)
    with pytest.raises(discord.Forbidden) as locked:
        await target(probe, thread).send("z")
    build.change_channel(world, thread, archived=True)
    with pytest.raises(discord.HTTPException) as closed:
        await target(probe, thread).send("z")

    assert reopened
    assert [edited.value.code, locked.value.code, closed.value.code] == [50083, 50013, 50083]


async def test_a_forum_takes_posts_only(probe: Probe, scene: Scene) -> None:
    """A forum itself takes no message (50008), its posts do."""
    forum = build.add_channel(scene.fake.world, scene.guild, "gallery", kind=ChannelKind.FORUM)
    post = build.add_thread(scene.fake.world, forum)
    with pytest.raises(discord.HTTPException) as refused:
        await target(probe, forum).send("x")
    await target(probe, post).send("x")

    assert refused.value.code == 50008


async def test_direct_messages_may_be_closed(probe: Probe, scene: Scene) -> None:
    """A member's direct messages take a message unless they are closed (50007)."""
    user = await probe.fetch_user(scene.alice.id)
    await user.send("hello")
    scene.alice.user.dms_closed = True
    with pytest.raises(discord.Forbidden) as closed:
        await user.send("hello")

    assert closed.value.code == 50007
    assert scene.fake.transcript(scene.fake.world.direct_channel(scene.alice.user)) == ["Easel: hello"]


async def test_only_own_messages_can_be_edited(probe: Probe, scene: Scene) -> None:
    """A member's message cannot be edited (50005) nor, without *Manage Messages*, deleted (50013)."""
    written = build.write(scene.fake.world, scene.alice, scene.channel, "mine")
    theirs = target(probe, scene.channel).get_partial_message(written.id)
    with pytest.raises(discord.Forbidden) as edited:
        await theirs.edit(content="yours")
    with pytest.raises(discord.Forbidden) as deleted:
        await theirs.delete()

    assert (edited.value.code, deleted.value.code) == (50005, 50013)


async def test_history_is_paged_and_wants_its_right(probe: Probe, scene: Scene, clock: MovableClock) -> None:
    """Pages go by before, after, around and limit; without *Read Message History* they are empty."""
    channel = target(probe, scene.channel)
    sent = [await channel.send(str(number)) for number in range(3)]
    clock.advance(60)  # a page around a message counts messages on either side, however far they are in time
    sent += [await channel.send(str(number)) for number in (3, 4)]
    newest = [message.content async for message in channel.history(limit=2)]
    after = [message.content async for message in channel.history(after=sent[1], limit=2)]
    before = [message.content async for message in channel.history(before=sent[2])]
    around = [message.content async for message in channel.history(around=sent[2], limit=3)]
    build.overwrite(scene.fake.world, scene.channel, scene.fake.world.bot, deny=Permission.READ_MESSAGE_HISTORY)
    hidden = [message.content async for message in channel.history()]

    assert (newest, after, before) == (["4", "3"], ["2", "3"], ["1", "0"])
    assert sorted(around) == ["1", "2", "3"]
    assert hidden == []


async def test_addresses_are_signed_and_expire(
    probe: Probe, scene: Scene, session: aiohttp.ClientSession, clock: MovableClock, png: bytes
) -> None:
    """A file's address lives a day and cannot be bent; a fetch of the message signs a fresh one."""
    message = await target(probe, scene.channel).send(file=discord.File(io.BytesIO(png), "out.png"))
    url = message.attachments[0].url
    signed = parse_qs(urlsplit(url).query)
    async with session.get(url) as fresh:
        alive = (fresh.status, await fresh.read())
    async with session.get(url.replace(f"ex={signed['ex'][0]}", "ex=ffffffff")) as bent:
        forged = bent.status
    clock.advance(24 * 3600 + 1)
    async with session.get(url) as old:
        expired = old.status
    again = await message.fetch()
    async with session.get(again.attachments[0].url) as renewed:
        signed_anew = renewed.status

    assert int(signed["ex"][0], 16) - int(signed["is"][0], 16) == 24 * 3600
    assert alive == (200, png)
    assert (forged, expired, signed_anew) == (404, 404, 200)


async def test_edits_keep_replace_and_remove_files(probe: Probe, scene: Scene) -> None:
    """What `attachments` lists stays, new files join, an edit that says nothing of files keeps them all."""
    files = [discord.File(io.BytesIO(name), f"{name.decode()}.png") for name in (b"a", b"b")]
    message = await target(probe, scene.channel).send(files=files)
    [stored] = scene.fake.messages(scene.channel)
    await message.edit(content="words")
    kept = images_of(stored)
    new = discord.File(io.BytesIO(b"c"), "c.png")
    edited = await message.edit(attachments=[message.attachments[1], new])
    replaced = images_of(stored)
    await edited.edit(attachments=[])

    assert (kept, replaced) == ([b"a", b"b"], [b"b", b"c"])
    assert stored.attachments == []
    scene.fake.assert_clean()


async def test_galleries_show_what_was_attached(probe: Probe, scene: Scene, png: bytes) -> None:
    """`attachment://` becomes a signed address in components and embeds; a name that is not attached is refused."""
    view: discord.ui.LayoutView = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://out.png")))
    channel = target(probe, scene.channel)
    message = await channel.send(view=view, file=discord.File(io.BytesIO(png), "out.png"))
    with pytest.raises(discord.HTTPException) as missing:
        await channel.send(view=view, file=discord.File(io.BytesIO(png), "other.png"))
    embed = discord.Embed(title="t").set_image(url="attachment://out.png")
    embedded = await channel.send(embed=embed, file=discord.File(io.BytesIO(png), "out.png"))

    gallery = message.components[0]
    assert isinstance(gallery, discord.MediaGalleryComponent)
    assert gallery.items[0].media.url.startswith(scene.fake.cdn.base)
    assert gallery.items[0].media.width == 4
    assert missing.value.code == 50035
    assert str(embedded.embeds[0].image.url).startswith(scene.fake.cdn.base)
    assert scene.fake.transcript(scene.channel)[0] == "Easel: [image: out.png]"


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [
        (discord.AllowedMentions.none(), set[str]()),
        (None, {"<@1>", "<@&2>", "@everyone"}),
        (discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(1)]), {"<@1>"}),
        (discord.AllowedMentions(everyone=True, roles=True, users=False), {"<@&2>", "@everyone"}),
    ],
)
async def test_allowed_mentions_decide_who_is_notified(
    probe: Probe, scene: Scene, allowed: discord.AllowedMentions | None, pinged: set[str]
) -> None:
    """A text notifies everyone whom it names, unless `allowed_mentions` says otherwise."""
    await target(probe, scene.channel).send("<@1> <@&2> @everyone", allowed_mentions=allowed)  # pyright: ignore[reportArgumentType, reportCallIssue]  # discord.py takes None for its default

    assert scene.fake.messages(scene.channel)[0].pinged == pinged


async def test_the_file_limit_follows_the_guilds_tier(scene: Scene, rest: Rest) -> None:
    """A file above the limit is 413 with 40005; a boosted guild takes it."""
    path = f"/channels/{scene.channel.id}/messages"
    big = {"big.png": b"\0" * (10 * 1024 * 1024 + 1)}
    refused = await rest("POST", path, {}, files=big)
    scene.guild.tier = 2
    taken = await rest("POST", path, {}, files=big)

    assert (refused.status, refused.code) == (413, 40005)
    assert taken.status == 200


async def test_the_bots_token_is_wanted(scene: Scene, rest: Rest) -> None:
    """A wrong token is 401 and counts as an invalid request."""
    answer = await rest("GET", f"/channels/{scene.channel.id}", token="wrong")

    assert answer.status == 401
    assert scene.fake.invalid_requests() == 1


async def test_what_discord_py_looks_up(probe: Probe, scene: Scene) -> None:
    """Guilds, members, channels, roles and the application can be fetched; the unknown has its own code."""
    guild = await probe.fetch_guild(scene.guild.id, with_counts=False)
    member = await guild.fetch_member(scene.alice.id)
    channel = await probe.fetch_channel(scene.channel.id)
    application = await probe.application_info()
    with pytest.raises(discord.NotFound) as unknown:
        await guild.fetch_member(1)

    assert (guild.name, member.name) == ("Atelier", "alice")
    assert isinstance(channel, discord.TextChannel)
    assert application.owner.id == scene.fake.world.operator.id
    assert len(await guild.fetch_roles()) == len(scene.guild.roles)
    assert [each.id for each in await guild.fetch_channels()] == [scene.channel.id]
    assert unknown.value.code == 10007
