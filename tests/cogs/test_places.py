"""Where pictures can be asked for: each kind of channel with the permissions that count there, in every option."""

from __future__ import annotations

from collections.abc import Iterator

import discord
import pytest
from discord import app_commands
from simcord import InteractionResult
from simcord.builders import ChannelHandle

from bot.demo.world import World
from bot.domain.rules import ChannelAccess
from bot.permissions import PLACES, missing_from, needed_in
from tests.cogs.doing import buttons_of, count_of_jobs, file, painted
from tests.cogs.moderating import manage
from tests.cogs.seeing import all_closed, private_text

READ_ONLY = discord.PermissionOverwrite(send_messages=False)
NO_THREADS = discord.PermissionOverwrite(send_messages_in_threads=False)
SEND, SEND_IN_THREADS = "Send Messages", "Send Messages in Threads"


def room(world: World, name: str, overwrite: discord.PermissionOverwrite) -> ChannelHandle:
    """A text channel in which this holds for the bot."""
    bot = world.app.bot.user
    assert bot is not None
    return world.env.guild.create_text_channel(name, overwrites={bot: overwrite})


async def thread_in(world: World, channel: ChannelHandle) -> ChannelHandle:
    """An open thread of a channel."""
    parent = world.app.bot.get_channel(channel.id)
    assert isinstance(parent, discord.TextChannel)
    await parent.create_thread(name="aside", type=discord.ChannelType.public_thread)
    return channel.threads[-1]


async def edit(world: World, channel: ChannelHandle) -> InteractionResult:
    """Ask for a picture there."""
    return await world.alice.slash(channel, "edit", prompt="Winter", image=file())


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [
        ("text", SEND),
        ("news", SEND),
        ("voice", SEND),
        ("stage_voice", SEND),
        ("public_thread", SEND_IN_THREADS),
        ("private_thread", SEND_IN_THREADS),
        ("news_thread", SEND_IN_THREADS),
        ("forum", SEND_IN_THREADS),
        ("media", SEND_IN_THREADS),
    ],
)
def test_one_of_the_two_rights_counts_in_each_kind_of_place(kind: str, lacking: str) -> None:
    """In a thread, and in a forum that is all threads, only the thread's; elsewhere only the channel's."""

    class Channel:
        type = discord.ChannelType[kind]

    granted = discord.Permissions.all()
    granted.update(administrator=False, send_messages=False, send_messages_in_threads=False)

    assert Channel.type in PLACES
    assert missing_from(granted, needed_in(Channel())) == (lacking,)


class TestAsking:
    """`/edit` looks at the right that counts."""

    async def test_in_a_thread_of_a_read_only_channel(self, world: World) -> None:
        """A picture is made, although nothing could be sent to the channel itself."""
        channel = room(world, "announcements", READ_ONLY)
        thread = await thread_in(world, channel)
        await edit(world, thread)
        await all_closed(world)

        assert any(message.attachments for message in thread.history())
        assert "missing Send Messages here" in private_text(await edit(world, channel))

    async def test_in_a_channel_whose_threads_are_closed(self, world: World) -> None:
        """A picture is made there; in its thread the refusal names the thread's right alone."""
        channel = room(world, "hall", NO_THREADS)
        thread = await thread_in(world, channel)
        await edit(world, channel)
        await all_closed(world)

        assert any(message.attachments for message in channel.history())
        assert "I am missing Send Messages in Threads here." in private_text(await edit(world, thread))

    async def test_from_a_button(self, world: World) -> None:
        """What is pressed in a thread is judged as what is typed there."""
        await painted(world)
        thread = await thread_in(world, room(world, "announcements", READ_ONLY))
        await edit(world, thread)
        await all_closed(world)
        result = next(message for message in reversed(thread.history()) if message.attachments)
        [again] = [each for each in buttons_of(result) if each.startswith("again:")]
        await world.alice.click(result, custom_id=again)
        await all_closed(world)

        assert await count_of_jobs(world) == 3


class TestSettings:
    """`/manage settings` names a right where it is missing."""

    async def test_of_channels_and_threads(self, world: World) -> None:
        """A channel lacks the channel's right, its open thread the thread's; what both lack is said once."""
        hall, news = room(world, "hall", NO_THREADS), room(world, "announcements", READ_ONLY)
        aside, reply = await thread_in(world, hall), await thread_in(world, news)
        stage = world.env.guild.create_stage_channel("talks")
        text = private_text(await world.mona.slash(world.channel, "manage settings"))

        assert f"<#{news.id}>: Send Messages\n" in f"{text}\n"
        assert f"<#{aside.id}>: Send Messages in Threads\n" in f"{text}\n"
        assert f"<#{hall.id}>" not in text
        assert f"<#{reply.id}>" not in text
        assert f"<#{stage.id}>" not in text


class TestOptions:
    """Each option takes whatever Discord resolved for it."""

    async def test_every_channel_option_offers_every_place(self, world: World) -> None:
        """Stage channels, forums and threads too, and none looks the channel up again."""
        found = list(options_of(world, discord.AppCommandOptionType.channel))

        assert len(found) == CHANNEL_OPTIONS
        assert {annotation for _, annotation in found} <= {"PlaceOption", "PlaceOption | None"}
        assert all(set(option.channel_types) == set(PLACES) for option, _ in found)

    async def test_every_user_option_takes_somebody_who_left(self, world: World) -> None:
        """The library takes a `discord.Member` only from the server's present members."""
        found = [annotation for _, annotation in options_of(world, discord.AppCommandOptionType.user)]

        assert len(found) == USER_OPTIONS
        assert set(found) <= {"discord.User", "discord.User | None"}

    async def test_the_gallery_of_somebody_who_left(self, world: World) -> None:
        """Their pictures are still there."""
        user = world.env.create_user("cleo")
        cleo = world.env.guild.add_member(user)
        await painted(world, cleo, prompt="Summer")
        await painted(world, prompt="Winter")
        world.env.guild.remove_member(cleo)
        await world.env.settle()
        text = private_text(await world.alice.slash(world.channel, "gallery", user=user))

        assert "Summer" in text
        assert "Winter" not in text

    @pytest.mark.parametrize("kind", ["stage", "forum", "thread", "archived thread", "uncached"])
    async def test_a_channel_is_taken_as_discord_resolved_it(self, world: World, kind: str) -> None:
        """Whether or not the bot has it in its cache; a thread's money is its channel's."""
        channel, purse = await place(world, kind)
        denied = await manage(world, "channels deny", channel=channel)
        limited = await manage(world, "limit channel", channel=channel, period="month", amount="3")
        granted = await manage(world, "grant", amount="1", reason="A gift", channel=channel)
        rules = await world.app.stores.rules.rules(world.guild_id)

        assert f"<#{channel.id}>" in denied
        assert f"<#{purse}>" in limited
        assert f"<#{purse}>" in granted
        assert [(rule.channel_id, rule.access) for rule in rules.channels] == [(channel.id, ChannelAccess.DENY)]


CHANNEL_OPTIONS, USER_OPTIONS = 5, 9


def options_of(world: World, kind: discord.AppCommandOptionType) -> Iterator[tuple[app_commands.Parameter, str]]:
    """Every option of this kind of every command, with what its method declares."""
    for command in world.app.bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            declared: dict[str, str] = command.callback.__annotations__
            yield from ((option, declared[option.name]) for option in command.parameters if option.type is kind)


async def place(world: World, kind: str) -> tuple[ChannelHandle, int]:
    """A channel of that kind, and the id of the channel whose money counts in it."""
    guild = world.env.guild
    if kind == "stage":
        made = guild.create_stage_channel("talks")
    elif kind == "forum":
        made = guild.create_forum_channel("ideas")
    else:
        made = guild.create_text_channel("hall")
    if "thread" in kind:
        parent, made = made, await thread_in(world, made)
        real = world.app.bot.get_guild(world.guild_id)
        assert real is not None
        thread = real.get_thread(made.id)
        assert thread is not None
        if kind == "archived thread":
            await thread.edit(archived=True)
            await world.env.settle()
            assert real.get_thread(made.id) is None
        return made, parent.id
    if kind == "uncached":
        real = world.app.bot.get_guild(world.guild_id)
        assert real is not None
        real._channels.pop(made.id)  # pyright: ignore[reportPrivateUsage] - as before Discord told of it
    return made, made.id
