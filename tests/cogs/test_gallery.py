"""Finding pictures again, and the menus of messages."""

from __future__ import annotations

import discord

from bot.db.connection import Connection
from bot.demo.world import World
from bot.services.rights import Actor
from tests.cogs.doing import (
    buttons_of,
    count_of_jobs,
    delete,
    file,
    message_of,
    newest,
    newest_result,
    painted,
    restart,
    said,
    sent_prompts,
    stop_spending,
)
from tests.cogs.seeing import all_closed, private_text, results, status_text

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")


class TestGallery:
    """Pages of pictures."""

    async def test_shows_small_copies_newest_first(self, world: World) -> None:
        """Each with its id and prompt, only for who asked."""
        first, second = await painted(world, prompt="Winter"), await painted(world, world.ben, prompt="Summer")
        text = private_text(await world.alice.slash(world.channel, "gallery"))

        assert text.index(f"`{second.job_id}` Summer") < text.index(f"`{first.job_id}` Winter")
        assert text.count("[picture: ") == 2

    async def test_can_be_one_members(self, world: World) -> None:
        """`user` narrows it."""
        await painted(world, prompt="Winter")
        await painted(world, world.ben, prompt="Summer")
        text = private_text(await world.alice.slash(world.channel, "gallery", user=world.ben))

        assert "Summer" in text
        assert "Winter" not in text

    async def test_can_be_one_models(self, world: World) -> None:
        """The select narrows it to a model, in the same message."""
        await painted(world, prompt="Winter")
        shown = await world.alice.slash(world.channel, "gallery")
        await world.alice.select(message_of(shown), ["2"], custom_id="models:0")

        assert "No pictures here yet" in said(shown)

    async def test_turns_pages_after_a_restart(self, world: World) -> None:
        """Where there are more than a page holds, *Older* shows them; the page is in the button."""
        jobs = [await painted(world, world.alice if n % 2 else world.ben, prompt=f"Number {n}") for n in range(7)]
        shown = await world.alice.slash(world.channel, "gallery")
        await restart(world)
        await world.alice.click(message_of(shown), custom_id="pages:0:0:1")

        assert f"`{jobs[0].job_id}` Number 0" in said(shown)
        assert "Number 6" not in said(shown)

    async def test_leaves_out_channels_that_are_closed_to_who_looks(self, world: World) -> None:
        """A picture of a hidden channel is not shown to somebody who cannot see that channel."""
        hidden = world.env.guild.create_text_channel(
            "hidden", overwrites={world.ben: discord.PermissionOverwrite(view_channel=False)}
        )
        await world.alice.slash(hidden, "edit", prompt="Secret", image=file())
        await all_closed(world)

        assert "Secret" in private_text(await world.alice.slash(world.channel, "gallery"))
        assert "Secret" not in private_text(await world.ben.slash(world.channel, "gallery"))

    async def test_deleted_pictures_are_not_in_it(self, world: World) -> None:
        """What was deleted is gone here too."""
        job = await painted(world)
        await delete(world.alice, newest_result(world), job.job_id)

        assert "No pictures here yet" in private_text(await world.alice.slash(world.channel, "gallery"))

    async def test_a_picture_can_be_opened_and_brought_here(self, world: World) -> None:
        """Chosen: larger in private, with *Show here*; then in the channel with live buttons."""
        job = await painted(world)
        shown = await world.alice.slash(world.channel, "gallery")
        opened = await world.alice.select(message_of(shown), [job.job_id], custom_id="pick")
        await world.alice.click(message_of(opened), custom_id=f"bring:{job.job_id}")

        assert f"again:{job.job_id}" in buttons_of(results(world)[-1])


class TestShow:
    """`/jobs show` and `/jobs again`."""

    async def test_flagged_pictures_stay_where_adults_see_them(self, world: World) -> None:
        """A picture that was marked as unsafe is not carried into a channel that is open to everybody."""
        job = await painted(world)
        await world.app.database.write(_mark_all, 1)
        shown = await world.alice.slash(world.channel, "jobs show", job=job.job_id)

        assert "[picture: " not in status_text(shown)
        assert job.job_id not in private_text(await world.alice.slash(world.channel, "gallery"))

    async def test_unmarked_pictures_are_shown_like_any_other(self, world: World) -> None:
        """What no mark came with is found again wherever it may be shown: nowhere where the server wants a mark."""
        job = await painted(world)
        await world.app.database.write(_mark_all, None)

        assert "[picture: " in status_text(await world.alice.slash(world.channel, "jobs show", job=job.job_id))
        assert job.job_id in private_text(await world.alice.slash(world.channel, "gallery"))

        moderator = Actor(world.mona.id, world.guild_id, can_manage=True)
        await world.app.bot.services.moderation.server_settings.set_unmarked(moderator, is_unsafe=True)

        assert "[picture: " not in status_text(await world.alice.slash(world.channel, "jobs show", job=job.job_id))
        assert job.job_id not in private_text(await world.alice.slash(world.channel, "gallery"))

    async def test_brings_the_picture_with_live_buttons(self, world: World) -> None:
        """In public, from our own copy: the provider and the first message may have forgotten it."""
        job = await painted(world)
        await world.app.bot.http.delete_message(world.channel.id, newest_result(world).id)
        answer = await world.alice.slash(world.channel, "jobs show", job=job.job_id)

        assert "[picture: Picture of job" in status_text(answer)
        await world.ben.click(message_of(answer), custom_id=f"again:{job.job_id}")
        await all_closed(world)
        assert await count_of_jobs(world) == 2

    async def test_again_asks_for_the_same(self, world: World) -> None:
        """By id, or by what autocomplete found."""
        job = await painted(world)
        await world.alice.slash(world.channel, "jobs again", job=job.job_id.lower())
        await all_closed(world)

        assert (await newest(world)).parent_job_id == job.job_id


class TestEditThisImage:
    """The menu of any message."""

    async def test_edits_anybodys_image(self, world: World) -> None:
        """From the interaction itself, since the bot may not read that message again."""
        message = await world.ben.send(world.channel, "mine", attachments=[RED])
        form = await world.alice.context_menu(world.channel, "Edit this image", message)
        await world.alice.submit_modal(form, {"prompt": "Make it rain"})
        await all_closed(world)
        job = await newest(world)

        assert (job.member_id, job.references[0].filename) == (world.alice.id, "red.png")
        assert sent_prompts(world) == ["Make it rain"]

    async def test_of_several_images_some_are_chosen(self, world: World) -> None:
        """The form asks which; several are composed in the order of the message."""
        message = await world.ben.send(world.channel, "mine", attachments=[RED, BLUE])
        form = await world.alice.context_menu(world.channel, "Edit this image", message)
        await world.alice.submit_modal(form, {"prompt": "Both", "images": ["2", "1"]})
        await all_closed(world)

        assert [r.filename for r in (await newest(world)).references] == ["red.png", "blue.png"]

    async def test_its_form_outlives_a_restart(self, world: World) -> None:
        """What was picked is kept until the form comes back."""
        message = await world.ben.send(world.channel, "mine", attachments=[RED])
        form = await world.alice.context_menu(world.channel, "Edit this image", message)
        await restart(world)
        await world.alice.submit_modal(form, {"prompt": "Make it rain"})
        await all_closed(world)

        assert await count_of_jobs(world) == 1

    async def test_without_images_it_says_so(self, world: World) -> None:
        """A video or words alone cannot be edited."""
        message = await world.ben.send(world.channel, "mine", attachments=[("clip.mp4", b"....")])
        answer = await world.alice.context_menu(world.channel, "Edit this image", message)

        assert "There is no image in that message" in private_text(answer)

    async def test_without_room_it_is_refused(self, world: World) -> None:
        """Here as everywhere else."""
        await stop_spending(world, world.alice.id)
        message = await world.ben.send(world.channel, "mine", attachments=[RED])
        form = await world.alice.context_menu(world.channel, "Edit this image", message)
        answer = await world.alice.submit_modal(form, {"prompt": "Make it rain"})

        assert "Nothing was spent." in private_text(answer)
        assert await count_of_jobs(world) == 0


class TestReport:
    """*Report this picture*."""

    async def test_reaches_the_moderators_and_nobody_else(self, world: World) -> None:
        """It is kept with the job it is about, and posted where moderators want to be told."""
        job = await painted(world)
        log = world.env.guild.create_text_channel("log")
        await world.app.database.write(_log_to, world.guild_id, log.id)
        answer = await world.ben.context_menu(world.channel, "Report this picture", newest_result(world))
        [report] = await world.app.stores.reports.open_reports(world.guild_id, 10)

        assert "The moderators of this server can see it now." in private_text(answer)
        assert (report.job_id, report.reporter_id) == (job.job_id, world.ben.id)
        assert f"job {job.job_id}" in "".join(str(m.components[0].to_dict()) for m in log.history())

    async def test_is_taken_once(self, world: World) -> None:
        """The same member about the same message is told that it was heard."""
        await painted(world)
        await world.ben.context_menu(world.channel, "Report this picture", newest_result(world))
        answer = await world.ben.context_menu(world.channel, "Report this picture", newest_result(world))

        assert "You reported that already" in private_text(answer)


def _log_to(connection: Connection, guild_id: int, channel_id: int) -> None:
    connection.execute(
        "UPDATE servers SET log_channel_id = :channel_id WHERE guild_id = :guild_id",
        {"channel_id": channel_id, "guild_id": guild_id},
    )


def _mark_all(connection: Connection, flagged: int | None) -> None:
    connection.execute("UPDATE outputs SET flagged = :flagged", {"flagged": flagged})
