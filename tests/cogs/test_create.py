"""`/edit` and `/compose` as members use them: what runs, what is refused in private, what it costs, in which order."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import discord
import pytest

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.jobs import Job
from bot.domain.models import CATALOGUE, MAX
from tests.cogs.doing import costs, painted_amid_talk
from tests.cogs.pictures import animation, colour_of, picture, png_chunk
from tests.cogs.seeing import PATIENCE_SECONDS, all_closed, private_text, public_messages, results, status_text


async def jobs(world: World) -> tuple[Job, ...]:
    return await world.app.stores.jobs.jobs_of(world.guild_id, None, limit=100)


class TestEdit:
    """One image and a prompt."""

    async def test_runs_at_once(self, world: World) -> None:
        """The picture comes as one new message and nothing else remains beside it; the price was captured."""
        answer = await world.alice.slash(
            world.channel, "edit", prompt="Make it rain", image=("fox.png", picture("orange"))
        )
        await all_closed(world)
        (job,) = await jobs(world)

        assert len(results(world)) == 1
        assert status_text(answer) == ""
        assert (job.spent_micros, job.held_micros) == (80_000, 0)
        assert world.provider.billed_micros == job.spent_micros

    async def test_amid_talk_the_status_stays_as_one_line(self, world: World) -> None:
        """Where somebody wrote meanwhile, the line under the command leads down to the picture."""
        job = await painted_amid_talk(world)
        [result] = results(world)
        status, talk = world.channel.history()[-3:-1]

        assert talk.content == "What a day!"
        assert text_of(status).startswith("-# Done in")
        assert f"[see the picture]({result.jump_url})" in text_of(status)
        assert status.id == (job.status_message and job.status_message.message_id)

    async def test_mentions_the_requester_only(self, world: World) -> None:
        """A hostile prompt pings nobody; the result mentions who asked, and nobody else."""
        await world.alice.slash(
            world.channel, "edit", prompt="@everyone <@&1> # Big", image=("fox.png", picture("orange"))
        )
        await all_closed(world)
        (result,) = results(world)

        assert [world.alice.id] == [user.id for user in result.mentions]
        assert not result.mention_everyone
        assert not result.role_mentions
        assert "> @\u2060everyone" in text_of(result)

    async def test_of_an_animation_the_first_frame_is_used(self, world: World) -> None:
        """The provider gets that frame alone, and the member is told."""
        answer = await world.alice.slash(
            world.channel, "edit", prompt="[sim:slow] Make it rain", image=("dance.gif", animation("red", "blue"))
        )

        assert await world.until(lambda: "first frame of an animation used" in status_text(answer), PATIENCE_SECONDS)
        await all_closed(world)
        (sent,) = world.provider.predictions

        assert colour_of(sent.references[0]) == (255, 0, 0)

    async def test_count_posts_one_result_message(self, world: World) -> None:
        """`count` sends that many requests with consecutive seeds and posts one message."""
        await world.alice.slash(
            world.channel, "edit", prompt="Four seasons", image=("fox.png", picture("orange")), count=3, seed=41
        )
        await all_closed(world)
        (result,) = results(world)
        (job,) = await jobs(world)

        assert len(result.attachments) == 3
        assert [prediction.seed for prediction in job.predictions] == [41, 42, 43]
        assert job.spent_micros == 240_000

    async def test_parameters_reach_the_provider(self, world: World) -> None:
        """What was chosen is sent, what was not is left out, and sync mode is always off."""
        await world.alice.slash(
            world.channel,
            "edit",
            prompt="Make it rain",
            image=("fox.png", picture("orange")),
            aspect_ratio="21:9",
            guidance_scale=7.5,
            seed=5,
        )
        await all_closed(world)
        (sent,) = world.provider.predictions

        assert sent.order.parameters == {"aspect_ratio": "21:9", "guidance_scale": 7.5, "seed": 5}
        assert sent.order.model.id == "wavespeed-ai/flux-kontext-max"


class TestCompose:
    """Several references in their order."""

    @pytest.mark.parametrize("order", [("image1", "image3", "image5"), ("image5", "image1", "image3")])
    async def test_places_are_the_option_names(self, world: World, order: tuple[str, ...]) -> None:
        """Options may arrive in any order: the name is the place, and gaps close up."""
        colours = {"image1": "red", "image3": "lime", "image5": "blue"}
        options: dict[str, Any] = {name: (f"{name}.png", picture(colours[name])) for name in order}
        await world.ben.slash(world.channel, "compose", prompt="Together", **options)
        await all_closed(world)
        (sent,) = world.provider.predictions

        assert [colour_of(content) for content in sent.references] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]

    async def test_roles_become_the_template(self, world: World) -> None:
        """Roles go with their image, also when a gap before it closes up."""
        await world.ben.slash(
            world.channel,
            "compose",
            prompt="A portrait.",
            image2=("a.png", picture("red")),
            image4=("b.png", picture("blue")),
            role2="identity",
            role4="style",
        )
        await all_closed(world)
        (sent,) = world.provider.predictions

        assert sent.order.prompt == "Use image 1 for identity. Use image 2 for style. A portrait."

    async def test_one_image_uses_the_multi_model(self, world: World) -> None:
        """The command's own model is the default, however many images there are."""
        await world.ben.slash(world.channel, "compose", prompt="Alone", image1=("a.png", picture("red")))
        await all_closed(world)
        (sent,) = world.provider.predictions

        assert sent.order.model.id == "wavespeed-ai/flux-kontext-max/multi"


BAD_IMAGES = {
    "a text file": ("notes.png", b"these are not pixels", "notes.png"),
    "nothing": ("empty.png", b"", "empty"),
    "a truncated picture": ("half.png", picture("red", (300, 300))[:120], "half.png"),
    "a drawing": ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
}


class TestRefusals:
    """Bad input gets a clear sentence in private, costs nothing, and leaves nothing in the channel."""

    @pytest.mark.parametrize("what", BAD_IMAGES)
    async def test_bad_images(self, world: World, what: str) -> None:
        """A file that is no picture is named, whatever its name says."""
        name, content, expected = BAD_IMAGES[what]
        answer = await world.alice.slash(world.channel, "edit", prompt="Make it rain", image=(name, content))
        text = private_text(answer)

        assert expected in text
        assert "Nothing was spent" in text
        assert public_messages(world) == []
        assert await jobs(world) == ()

    async def test_too_large_a_picture(self, world: World) -> None:
        """A small file with absurdly many pixels is refused from its header."""
        honest = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
        absurd = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
        content = picture("red").replace(png_chunk(b"IHDR", honest), png_chunk(b"IHDR", absurd))
        answer = await world.alice.slash(world.channel, "edit", prompt="Make it rain", image=("huge.png", content))

        assert "40 megapixels" in private_text(answer)

    @pytest.mark.parametrize("prompt", [" ", "\u200b\u200b", "\u202e"])
    async def test_invisible_prompts(self, world: World, prompt: str) -> None:
        """A prompt of nothing but invisible characters is an empty one."""
        answer = await world.alice.slash(world.channel, "edit", prompt=prompt, image=("fox.png", picture("orange")))

        assert "The prompt is empty." in private_text(answer)

    async def test_a_model_that_takes_fewer_images(self, world: World) -> None:
        """A chosen model has to fit the number of images."""
        answer = await world.alice.slash(
            world.channel,
            "compose",
            prompt="Together",
            image1=("a.png", picture("red")),
            image2=("b.png", picture("blue")),
            model="wavespeed-ai/flux-kontext-max",
        )

        assert "takes one image; you gave 2" in private_text(answer)

    async def test_an_unknown_model(self, world: World) -> None:
        """Autocomplete only suggests; what was typed is checked."""
        answer = await world.alice.slash(
            world.channel, "edit", prompt="Rain", image=("a.png", picture("red")), model="somebody/else"
        )

        assert "somebody/else" in private_text(answer)

    async def test_a_seed_that_cannot_count_up(self, world: World) -> None:
        """Discord keeps to the range of one number; what several need together is checked here."""
        answer = await world.alice.slash(
            world.channel, "edit", prompt="Rain", image=("a.png", picture("red")), seed=2_147_483_647, count=2
        )

        assert "The seed should be at most 2147483646 where 2 pictures count up from it" in private_text(answer)

    @pytest.mark.parametrize("right", ["attach_files", "send_messages"])
    async def test_a_channel_without_permission(self, world: World, right: str) -> None:
        """Where the bot may not post or attach, it says which permission is missing, before anything is held."""
        denied = discord.PermissionOverwrite(**{right: False})
        locked = world.env.guild.create_text_channel("locked", overwrites={world.env.guild.default_role: denied})
        answer = await world.alice.slash(locked, "edit", prompt="Rain", image=("a.png", picture("red")))

        assert f"I am missing {right.replace('_', ' ').title()} here." in private_text(answer)
        assert await jobs(world) == ()

    async def test_a_server_that_was_never_seen(self, world: World) -> None:
        """The operator's defaults hold from the first command on; nobody has to set anything up."""
        guild = world.env.create_guild("Elsewhere")
        hall, nora = guild.create_text_channel("hall"), guild.add_member(world.env.create_user("nora"))
        await nora.slash(hall, "edit", prompt="Rain", image=("a.png", picture("red")))
        await all_closed(world)
        text = private_text(await nora.slash(hall, "budget"))

        assert "month: limit $1.00 \u00b7 spent $0.08 \u00b7 held $0.00 \u00b7 left $0.92" in text
        assert "month: limit $10.00 \u00b7 spent $0.08 \u00b7 held $0.00 \u00b7 left $9.92" in text

    async def test_no_room(self, world: World) -> None:
        """A refusal names the limit, the price and what is left, in private; the provider hears nothing."""
        await world.mona.slash(world.channel, "manage limit member", period="month", amount="0.10", user=world.ben)
        answer = await world.ben.slash(world.channel, "edit", prompt="Rain", image=("a.png", picture("red")), count=2)
        text = private_text(answer)

        assert "$0.16" in text
        assert "month: limit $0.10 \u00b7 spent $0.00 \u00b7 held $0.00 \u00b7 left $0.10" in text
        assert "Nothing was spent" in text
        assert len(world.provider.predictions) == 0


class TestFailures:
    """When the provider does not deliver, the money comes back, and the message says so."""

    @pytest.mark.parametrize(
        ("word", "expected"),
        [("moderated", "safety"), ("task-failed", "is back")],
    )
    async def test_money_comes_back(self, world: World, word: str, expected: str) -> None:
        """A failed picture is given back whole, with the reason in the member's words."""
        answer = await world.alice.slash(
            world.channel, "edit", prompt=f"Rain [sim:{word}]", image=("a.png", picture("red"))
        )
        await all_closed(world)
        (job,) = await jobs(world)

        assert expected in status_text(answer)
        assert "$0.08" in status_text(answer)
        assert (job.spent_micros, job.held_micros, job.returned_micros) == (0, 0, 80_000)
        assert results(world) == []


class TestModelSuggestions:
    """What the model option suggests."""

    async def test_prices_as_they_are_now(self, world: World) -> None:
        """A suggestion shows the price that a picture costs now, not the one that the model once had."""
        async with asyncio.timeout(20):
            while len((await world.app.stores.prices.sale()).quoted) < len(CATALOGUE):
                pass
        await costs(world, 95_000)
        found = await world.alice.autocomplete(world.channel, "edit", "model", MAX.label)

        assert f"{MAX.label} \u00b7 $0.095 a picture" in [choice["name"] for choice in found]
