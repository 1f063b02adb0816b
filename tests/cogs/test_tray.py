"""The tray: references collected over several messages, in an order that can be seen and changed, used once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord

from bot.demo.world import World
from tests.cogs.collecting import collect, order_in, remove_file, stored
from tests.cogs.doing import (
    count_of_jobs,
    file,
    message_of,
    newest,
    newest_result,
    painted,
    restart,
    said,
    stop_spending,
)
from tests.cogs.seeing import all_closed, private_text

RED, BLUE, GREEN = file("red", "red.png"), file("blue", "blue.png"), file("green", "green.png")


class TestCollecting:
    """What goes in."""

    async def test_is_shown_numbered_with_a_strip(self, world: World) -> None:
        """Each answer shows all of them in order, with small copies and words for who cannot see them."""
        await collect(world, RED)
        text = await collect(world, BLUE, role="style")

        assert order_in(text) == ["red.png", "blue.png"]
        assert "**2** style" in text
        assert "[picture: The references in their order: 1 red.png; 2 style blue.png.]" in text

    async def test_outlives_a_restart(self, world: World) -> None:
        """It lies in the store, not in memory."""
        await collect(world, RED, BLUE)
        await restart(world)

        assert order_in(private_text(await world.alice.slash(world.channel, "references show"))) == [
            "red.png",
            "blue.png",
        ]

    async def test_is_the_members_own_and_the_channels(self, world: World) -> None:
        """Nobody else's tray, and no other channel's, is touched."""
        await collect(world, RED)
        other = world.env.guild.create_text_channel("hall")

        assert "Nothing is here yet" in private_text(await world.ben.slash(world.channel, "references show"))
        assert "Nothing is here yet" in private_text(await world.alice.slash(other, "references show"))

    async def test_the_same_picture_is_added_once(self, world: World) -> None:
        """The same picture under another name says that it is here already."""
        text = await collect(world, RED, ("again.png", RED[1]))

        assert order_in(text) == ["red.png"]
        assert "One was here already." in text

    async def test_holds_five(self, world: World) -> None:
        """A sixth is refused with what to do, and changes nothing."""
        await collect(world, *(file(c, f"{c}.png") for c in ("red", "blue", "green", "white", "black")))

        assert "Remove one first" in await collect(world, file("pink", "pink.png"))
        assert len(order_in(private_text(await world.alice.slash(world.channel, "references show")))) == 5

    async def test_what_is_no_image_is_refused_by_name(self, world: World) -> None:
        """A file that only pretends is refused in words."""
        assert "notes.png" in await collect(world, ("notes.png", b"not a picture"))

    async def test_an_image_whose_file_is_gone_leaves_it(self, world: World, tmp_path: Path) -> None:
        """A dead link is not shown as if it could be used."""
        await collect(world, RED, BLUE)
        job_image = await stored(world, "red.png")
        remove_file(tmp_path, job_image)

        assert order_in(private_text(await world.alice.slash(world.channel, "references show"))) == ["blue.png"]


class TestArranging:
    """Order, before money is spent."""

    async def test_commands_move_and_remove(self, world: World) -> None:
        """`move` and `remove` answer with the order as it is then."""
        await collect(world, RED, BLUE, GREEN)
        moved = await world.alice.slash(world.channel, "references move", place=3, to=1)
        removed = await world.alice.slash(world.channel, "references remove", place=2)

        assert order_in(private_text(moved)) == ["green.png", "red.png", "blue.png"]
        assert order_in(private_text(removed)) == ["green.png", "blue.png"]

    async def test_a_place_that_is_not_there_gets_a_sentence(self, world: World) -> None:
        """Beyond the end is no error of ours."""
        await collect(world, RED)

        assert "There is no reference 4" in private_text(
            await world.alice.slash(world.channel, "references remove", place=4)
        )

    async def test_buttons_move_what_is_chosen(self, world: World) -> None:
        """Choose one, then move it: the same message shows the new order."""
        await collect(world, RED, BLUE, GREEN)
        shown = message_of(await world.alice.slash(world.channel, "references show"))
        await world.alice.select(shown, ["3"], custom_id="place:tray")
        await world.alice.click(shown, custom_id="first:tray:3")
        await world.alice.click(shown, custom_id="later:tray:1")
        await world.alice.click(shown, custom_id="drop:tray:2")

        assert order_in(private_text(await world.alice.slash(world.channel, "references show"))) == [
            "red.png",
            "blue.png",
        ]

    async def test_replace_keeps_the_role(self, world: World) -> None:
        """Another image in the same place is for the same thing."""
        await collect(world, RED, role="identity")
        shown = message_of(await world.alice.slash(world.channel, "references show"))
        form = await world.alice.click(shown, custom_id="replace:tray:1")
        await world.alice.submit_modal(form, {"image": BLUE})
        text = private_text(await world.alice.slash(world.channel, "references show"))

        assert order_in(text) == ["blue.png"]
        assert "**1** identity" in text

    async def test_roles_are_set_in_one_form(self, world: World) -> None:
        """One field for each reference, by its number."""
        await collect(world, RED, BLUE)
        shown = message_of(await world.alice.slash(world.channel, "references show"))
        form = await world.alice.click(shown, custom_id="roles:tray")
        await world.alice.submit_modal(form, {"role1": "identity", "role2": "outfit"})
        text = private_text(await world.alice.slash(world.channel, "references show"))

        assert "**1** identity" in text
        assert "**2** outfit" in text

    async def test_clear_empties_it(self, world: World) -> None:
        """On request, and told how many went."""
        await collect(world, RED, BLUE)

        assert "2 images were taken out." in private_text(await world.alice.slash(world.channel, "references clear"))
        assert "Nothing is here yet" in private_text(await world.alice.slash(world.channel, "references show"))


class TestUsing:
    """What `/compose` takes when no image is given."""

    async def test_compose_takes_it_in_order_and_empties_it(self, world: World) -> None:
        """The order and the roles are those that were shown; after use nothing is left."""
        await collect(world, RED, role="identity")
        await collect(world, BLUE, role="style")
        await world.alice.slash(world.channel, "compose", prompt="A poster")
        await all_closed(world)
        job = await newest(world)

        assert [(r.filename, r.role) for r in job.references] == [("red.png", "identity"), ("blue.png", "style")]
        assert job.sent_prompt.startswith("Use image 1 for identity. Use image 2 for style.")
        assert "Nothing is here yet" in private_text(await world.alice.slash(world.channel, "references show"))

    async def test_neither_image_nor_tray_gets_a_sentence(self, world: World) -> None:
        """Nothing to make a picture from is said in one sentence."""
        answer = await world.alice.slash(world.channel, "compose", prompt="A poster")

        assert "your tray in this channel is empty" in private_text(answer)

    async def test_a_role_without_its_image_is_refused(self, world: World) -> None:
        """A role for an image that is not there is a slip, not something to ignore."""
        answer = await world.alice.slash(world.channel, "compose", prompt="A poster", image1=RED, role3="style")

        assert "There is a role for image 3, but no image 3." in private_text(answer)

    async def test_without_room_it_stays_full(self, world: World) -> None:
        """A refused compose leaves the tray as it was."""
        await collect(world, RED)
        await stop_spending(world, world.alice.id)
        answer = await world.alice.slash(world.channel, "compose", prompt="A poster")

        assert "Nothing was spent." in private_text(answer)
        assert order_in(private_text(await world.alice.slash(world.channel, "references show"))) == ["red.png"]
        assert await count_of_jobs(world) == 0


def with_embeds(world: World, message: discord.Message, *embeds: dict[str, Any]) -> None:
    """Let a message show these embeds in place of its files, as Discord does with `attachment://`."""
    stored = world.alice._message(message)  # pyright: ignore[reportPrivateUsage] - SimCord's members send no embeds
    stored.attachments = []
    stored.embeds = list(embeds)


class TestMenu:
    """*Add to references* on a message."""

    async def test_takes_the_images_of_anybodys_message(self, world: World) -> None:
        """Several at once, from the interaction itself: the bot may not read that message."""
        message = await world.ben.send(world.channel, "look", attachments=[RED, BLUE, ("clip.mp4", b"....")])
        answer = await world.alice.context_menu(world.channel, "Add to references", message)

        assert order_in(private_text(answer)) == ["red.png", "blue.png"]
        assert "One file is no image and was left out." in private_text(answer)

    async def test_takes_the_images_that_a_message_forwards(self, world: World) -> None:
        """A forwarded message has no files of its own; those of its snapshot are taken, also to be edited."""
        original = await world.ben.send(world.channel, "look", attachments=[RED, ("clip.mp4", b"....")])
        forwarded = await world.ben.forward(original, world.channel)
        assert forwarded.attachments == []
        answer = await world.alice.context_menu(world.channel, "Add to references", forwarded)
        form = await world.alice.context_menu(world.channel, "Edit this image", forwarded)
        await world.alice.submit_modal(form, {"prompt": "Rain"})
        await all_closed(world)

        assert order_in(private_text(answer)) == ["red.png"]
        assert "One file is no image and was left out." in private_text(answer)
        assert [reference.filename for reference in (await newest(world)).references] == ["red.png"]

    async def test_takes_the_images_of_embeds_that_lie_at_discord(self, world: World) -> None:
        """An embed's own file is no attachment any more; one from elsewhere, or of a video, is none of ours."""
        message = await world.ben.send(world.channel, "look", attachments=[RED, BLUE])
        red, blue = (attachment.url for attachment in message.attachments)
        with_embeds(
            world,
            message,
            {"type": "rich", "image": {"url": red}, "thumbnail": {"url": "https://elsewhere.example/a.png"}},
            {"type": "image", "thumbnail": {"url": "https://elsewhere.example/b.png", "proxy_url": blue}},
            {"type": "video", "thumbnail": {"url": red.replace("red.png", "clip.png")}},
            {"type": "rich", "image": {"url": f"{red}?ex=another&hm=signature"}},
        )
        answer = await world.alice.context_menu(world.channel, "Add to references", message)

        assert order_in(private_text(answer)) == ["red.png", "blue.png"]

    async def test_a_message_without_images_gets_a_sentence(self, world: World) -> None:
        """Words alone cannot be a reference."""
        message = await world.ben.send(world.channel, "look")
        answer = await world.alice.context_menu(world.channel, "Add to references", message)

        assert "There is no image in that message" in private_text(answer)

    async def test_takes_as_many_as_there_is_room_for(self, world: World) -> None:
        """Of more than five the first five are taken, and it is said how many were left out."""
        files = [file(f"#0000{n}0", f"{n}.png") for n in range(7)]
        message = await world.ben.send(world.channel, "many", attachments=files)
        answer = await world.alice.context_menu(world.channel, "Add to references", message)

        assert len(order_in(private_text(answer))) == 5
        assert "2 were left out" in private_text(answer)

    async def test_a_result_of_ours_can_be_collected_too(self, world: World) -> None:
        """The bot's own pictures are messages like any other."""
        first = await painted(world)
        answer = await world.ben.context_menu(world.channel, "Add to references", newest_result(world))

        assert f"easel-{first.job_id}-1." in said(answer)
