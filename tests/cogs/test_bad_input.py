"""What goes wrong between choosing and sending: files that vanish, odd messages, forms from before a restart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from simcord import InteractionResult

from bot.demo.world import World
from tests.cogs.collecting import collect, order_in, remove_file, stored
from tests.cogs.doing import (
    count_of_jobs,
    delete,
    file,
    message_of,
    newest,
    newest_result,
    painted,
    restart,
    said,
)
from tests.cogs.drafting import begin, press
from tests.cogs.seeing import all_closed, private_text, public_messages, results

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")
CLIP = ("clip.mp4", b"\x00\x00\x00\x18ftypmp42")


def delete_uploads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Discord's file host answer 404 for everything from now on."""

    def gone(url: str) -> None:
        del url

    monkeypatch.setattr(world.env.backend.cdn, "get", gone)


def lose_images(folder: Path) -> None:
    """Lose every stored image, as a disk may."""
    for path in folder.glob("images/*/*.*"):
        path.unlink()


class TestDeletedMeanwhile:
    """An image that is gone when it is fetched is named, and costs nothing."""

    async def test_at_edit(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Between choosing the file and sending the command."""
        delete_uploads(world, monkeypatch)
        text = private_text(await world.alice.slash(world.channel, "edit", prompt="Rain", image=RED))

        assert "red.png" in text
        assert "Nothing was spent." in text
        assert public_messages(world) == []
        assert await count_of_jobs(world) == 0

    async def test_at_studio(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Between uploading to the form and sending it."""
        form = await world.alice.slash(world.channel, "studio")
        delete_uploads(world, monkeypatch)
        text = private_text(await world.alice.submit_modal(form, {"images": [RED], "prompt": "Rain"}))

        assert "red.png" in text
        assert "Nothing was spent." in text

    async def test_with_the_message_of_a_menu(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Between *Edit this image* and its form the message was deleted, and its files with it."""
        message = await world.ben.send(world.channel, "mine", attachments=[RED])
        form = await world.alice.context_menu(world.channel, "Edit this image", message)
        await world.ben.delete(message)
        delete_uploads(world, monkeypatch)
        text = private_text(await world.alice.submit_modal(form, {"prompt": "Rain"}))

        assert "red.png" in text
        assert "Nothing was spent." in text
        assert await count_of_jobs(world) == 0


class TestMessages:
    """Messages that a menu is used on."""

    async def test_eleven_images_can_be_edited(self, world: World) -> None:
        """More than a model takes: the form offers all of them, and no more than five can be chosen."""
        files = [file(f"#0000{n:x}0", f"{n}.png") for n in range(11)]
        message = await world.ben.send(world.channel, "many", attachments=files)
        form = await world.alice.context_menu(world.channel, "Edit this image", message)
        await world.alice.submit_modal(form, {"prompt": "Together", "images": ["11", "1", "2", "3", "4"]})
        await all_closed(world)

        assert [r.filename for r in (await newest(world)).references] == ["0.png", "1.png", "2.png", "3.png", "10.png"]

    async def test_eleven_images_can_be_collected(self, world: World) -> None:
        """The first five are taken, and it is said how many were left out."""
        files = [file(f"#0000{n:x}0", f"{n}.png") for n in range(11)]
        message = await world.ben.send(world.channel, "many", attachments=files)
        text = private_text(await world.alice.context_menu(world.channel, "Add to references", message))

        assert order_in(text) == [f"{n}.png" for n in range(5)]
        assert "6 were left out" in text

    async def test_a_video_is_no_image(self, world: World) -> None:
        """At the commands it is refused by name, whatever it is called; in a message it does not count."""
        disguised = ("clip.png", CLIP[1])
        message = await world.ben.send(world.channel, "look", attachments=[CLIP])
        refusals = (
            await world.alice.slash(world.channel, "edit", prompt="Rain", image=disguised),
            await world.alice.slash(world.channel, "references add", image=disguised),
        )
        menu = await world.alice.context_menu(world.channel, "Add to references", message)

        assert all("clip.png" in private_text(each) for each in refusals)
        assert "There is no image in that message" in private_text(menu)

    async def test_nobodys_message_is_fetched(self, world: World) -> None:
        """Another member's message is known from the interaction alone: the bot asks Discord for none."""
        message = await world.ben.send(world.channel, "mine", attachments=[RED])
        await world.alice.context_menu(world.channel, "Add to references", message)
        form = await world.alice.context_menu(world.channel, "Edit this image", message)
        await world.alice.submit_modal(form, {"prompt": "Rain"})
        await all_closed(world)

        assert [r.filename for r in (await newest(world)).references] == ["red.png"]
        assert [each for each in world.env.http_requests if each.method == "GET" and "/messages/" in each.path] == []

    async def test_a_result_whose_message_was_deleted(self, world: World) -> None:
        """It is brought back from our own copy, and one can go on from that."""
        first = await painted(world)
        await world.app.bot.http.delete_message(world.channel.id, newest_result(world).id)
        shown = message_of(await world.alice.slash(world.channel, "jobs show", job=first.job_id))
        form = await world.ben.click(shown, custom_id=f"edit:{first.job_id}")
        await world.ben.submit_modal(form, {"prompt": "Add snow"})
        await all_closed(world)

        assert (await newest(world)).parent_job_id == first.job_id
        assert (await newest(world)).references[0].image == first.pictures[0].image


class TestTray:
    """A tray in which a file is gone."""

    async def test_is_not_used_without_being_told(self, world: World, tmp_path: Path) -> None:
        """A composition without one of its references is not what was wanted: it is named, and nothing is spent."""
        await collect(world, RED, BLUE)
        remove_file(tmp_path, await stored(world, "red.png"))
        text = private_text(await world.alice.slash(world.channel, "compose", prompt="A poster"))

        assert "red.png is no longer stored." in text
        assert "/references show has what is left" in text
        assert "Nothing was spent." in text
        assert await count_of_jobs(world) == 0

    async def test_is_used_without_it_once_seen(self, world: World, tmp_path: Path) -> None:
        """Whoever has looked at what is left composes from that, numbered anew."""
        await collect(world, RED, BLUE)
        remove_file(tmp_path, await stored(world, "red.png"))
        await world.alice.slash(world.channel, "references show")
        await world.alice.slash(world.channel, "compose", prompt="A poster")
        await all_closed(world)

        assert [(r.place, r.filename) for r in (await newest(world)).references] == [(1, "blue.png")]

    async def test_a_role_beyond_it_is_refused(self, world: World) -> None:
        """A role for a reference that was not collected is a slip, and the tray stays as it is."""
        await collect(world, RED)
        text = private_text(await world.alice.slash(world.channel, "compose", prompt="A poster", role2="style"))

        assert "There is a role for image 2, but no image 2." in text
        assert order_in(private_text(await world.alice.slash(world.channel, "references show"))) == ["red.png"]


async def test_a_confirmation_whose_file_is_gone_says_so(world: World, tmp_path: Path) -> None:
    """Between the confirmation and *Run* an image was lost: nothing is held."""
    confirmation = await begin(world, RED)
    lose_images(tmp_path)
    refused = private_text(await press(world, confirmation, "run"))

    assert "red.png is no longer stored." in refused
    assert "Nothing was spent." in refused
    assert await count_of_jobs(world) == 0


async def test_the_same_picture_twice_is_two_references(world: World) -> None:
    """In a command each place is meant: the same file in two places is sent twice, in its places."""
    await world.alice.slash(world.channel, "compose", prompt="Twins", image1=RED, image2=("again.png", RED[1]))
    await all_closed(world)
    references = (await newest(world)).references
    [sent] = world.provider.predictions

    assert [r.filename for r in references] == ["red.png", "again.png"]
    assert references[0].image == references[1].image
    assert sent.references[0] == sent.references[1]


async def test_a_result_is_collected_once(world: World) -> None:
    """*Use as reference* and the menu on the same picture put it into the tray once."""
    job = await painted(world)
    await world.alice.click(newest_result(world), custom_id=f"use:{job.job_id}")
    text = private_text(await world.alice.context_menu(world.channel, "Add to references", newest_result(world)))

    assert "One was here already." in text
    assert len(order_in(text)) == 1


# Forms that were opened before a restart ------------------------------------------------------------------------------

DRAFT_FORMS: Mapping[str, tuple[dict[str, Any], str]] = {
    "prompt": ({"prompt": "A banner"}, "> A banner"),
    "roles": ({"role1": "identity"}, "Use image 1 for identity. A poster"),
    "template": ({"keep": "the face", "change": "the coat"}, "Keep the face. Change the coat."),
    "parameters": ({"aspect_ratio": ["16:9"], "count": ["2"]}, "16:9 \u00b7 2 pictures"),
}


@pytest.mark.parametrize("name", DRAFT_FORMS)
async def test_a_confirmations_form_outlives_a_restart(world: World, name: str) -> None:
    """What was typed before the restart changes the confirmation after it."""
    values, expected = DRAFT_FORMS[name]
    confirmation = await begin(world, RED)
    if name == "roles":
        await press(world, confirmation, "order")
    form = await press(world, confirmation, name)
    await restart(world)
    await world.alice.submit_modal(form, values)

    assert expected in said(confirmation)


async def test_replace_outlives_a_restart(world: World) -> None:
    """Another image for a place of the tray."""
    await collect(world, RED)
    shown = message_of(await world.alice.slash(world.channel, "references show"))
    form = await world.alice.click(shown, custom_id="replace:tray:1")
    await restart(world)
    await world.alice.submit_modal(form, {"image": BLUE})

    assert order_in(private_text(await world.alice.slash(world.channel, "references show"))) == ["blue.png"]


async def test_studio_outlives_a_restart(world: World) -> None:
    """The form of `/studio`, with its files."""
    form = await world.alice.slash(world.channel, "studio")
    await restart(world)
    confirmation = await world.alice.submit_modal(form, {"images": [RED, BLUE], "prompt": "A poster"})

    assert "Ready to run?" in private_text(confirmation)
    assert order_in(private_text(confirmation).split("**$")[0]) == ["red.png", "blue.png"]


async def test_change_outlives_a_restart(world: World) -> None:
    """The form of *Change*."""
    job = await painted(world)
    form = await world.alice.click(newest_result(world), custom_id=f"change:{job.job_id}")
    await restart(world)
    confirmation: InteractionResult = await world.alice.submit_modal(form, {"prompt": "Summer"})

    assert "> Summer" in private_text(confirmation)


async def test_a_form_for_a_job_that_is_gone_gets_a_sentence(world: World) -> None:
    """The picture was deleted while its form was open: nothing runs, and the sentence says why."""
    job = await painted(world)
    copy = message_of(await world.alice.slash(world.channel, "jobs show", job=job.job_id))
    form = await world.ben.click(copy, custom_id=f"edit:{job.job_id}")
    await delete(world.alice, results(world)[0], job.job_id)
    await restart(world)
    text = private_text(await world.ben.submit_modal(form, {"prompt": "Add snow"}))

    assert "That picture was deleted" in text
    assert await count_of_jobs(world) == 1
