"""`/manage overview` and what leads on from it, as a moderator sees them."""

from __future__ import annotations

from simcord import ResponseMessage

from bot.demo.provider import Behaviour, Site
from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.periods import Period
from bot.domain.spending import ReportRow, Standings
from bot.services.money.overview import Overview
from bot.ui.render.manage.overview import render_overview
from tests.cogs.pictures import picture
from tests.cogs.seeing import PATIENCE_SECONDS, all_closed, private_text, results
from tests.ui.samples import text_of as text_of_view


async def overview(world: World) -> ResponseMessage:
    answer = await world.mona.slash(world.channel, "manage overview")
    assert answer.response is not None
    return answer.response


async def two_pictures(world: World) -> None:
    await world.alice.slash(world.channel, "edit", prompt="a fox", image=("a.png", picture("red")), count=2)
    await all_closed(world)


async def test_one_screen_says_it_all(world: World) -> None:
    """Money with a bar, people, channels, what failed; the provider's balance is not for moderators."""
    await two_pictures(world)
    world.provider.script(Site.SUBMIT, Behaviour.MODERATED)
    await world.ben.slash(world.channel, "edit", prompt="a fox", image=("a.png", picture("red")))
    await all_closed(world)
    text = text_of((await overview(world)).message)

    assert "month: limit $10.00 \u00b7 spent $0.16 \u00b7 held $0.00 \u00b7 left $9.84" in text
    assert "2 pictures \u00b7 2 members \u00b7 1 of 3 failed" in text
    assert f"`$0.16` <@{world.alice.id}>" in text
    assert f"`$0.16` <#{world.channel.id}>" in text
    assert "**Failed in seven days** 1 refused by the safety check" in text
    assert "**Now** nothing is running" in text
    assert "Provider" not in text


def test_what_is_told_adds_up_to_what_was_spent() -> None:
    """Three members, the others together, and what the server itself carries: no cent is missing."""
    rows = (*(ReportRow(n, n * 10_000, 0, 1) for n in (9, 8, 7, 6, 5)), ReportRow(None, 80_000, 0, 1))
    standings = Standings(430_000, 0, 0, 60, 2, 5, 0, 0, ())
    told = text_of_view(
        render_overview(Overview(Period.MONTH, None, standings, rows, (), {}, is_paused=False, taken_at=0))
    )

    assert "`$0.09` <@9> · `$0.08` <@8> · `$0.07` <@7> · `$0.11` 2 others · `$0.08` the server's own account" in told
    assert "3.2 % failed" in told


async def test_it_looks_again_on_request(world: World) -> None:
    """The same message then says how it is now."""
    shown = await overview(world)
    await two_pictures(world)

    assert "spent $0.00" in text_of(shown.message)

    await world.mona.click(shown, custom_id="desk:refresh")

    assert "spent $0.16" in text_of(shown.message)


async def test_pause_and_resume_are_one_press_away(world: World) -> None:
    """The reason is asked for, the screen says what holds."""
    shown = await overview(world)
    form = await world.mona.click(shown, custom_id="desk:pause")
    await world.mona.submit_modal(form, {"typed": "exam week"})

    assert "**Paused.**" in text_of(shown.message)

    await world.mona.click(shown, custom_id="desk:resume")

    assert "**Paused.**" not in text_of(shown.message)


async def test_each_button_opens_its_view(world: World) -> None:
    """In a message of its own, so that the screen stays."""
    await two_pictures(world)
    shown = await overview(world)

    for view, expected in (("report", "Spending by day"), ("jobs", "Jobs in this server"), ("settings", "Time zone")):
        opened = await world.mona.click(shown, custom_id=f"desk:{view}")

        assert expected in private_text(opened)


async def test_a_moderator_cancels_anybodys_job_on_record(world: World) -> None:
    """What came back is said; the audit has it without the prompt."""
    world.provider.script(Site.SUBMIT, Behaviour.RATE_LIMITED_SECONDS)
    await world.alice.slash(world.channel, "edit", prompt="my secret fox", image=("a.png", picture("red")))
    (job,) = await world.app.stores.jobs.jobs_of(world.guild_id, None, limit=1)
    text = private_text(await world.mona.slash(world.channel, "manage jobs cancel", job=job.job_id))
    (row,) = await world.app.stores.moderation.audit(world.guild_id, limit=5)

    assert "$0.08" in text
    assert (row.action, row.job_id, row.actor_member_id) == ("cancel", job.job_id, world.mona.id)
    assert "secret" not in str(row)


async def test_a_result_that_was_deleted_is_brought_again(world: World) -> None:
    """A new message carries the picture; where the old one stands it is only renewed."""
    await two_pictures(world)
    (job,) = await world.app.stores.jobs.jobs_of(world.guild_id, None, limit=1)
    assert [each.edited_at for each in results(world)] == [None]

    await world.mona.slash(world.channel, "manage jobs deliver", job=job.job_id)

    def is_renewed() -> bool:
        return [each.edited_at is not None for each in results(world)] == [True]

    assert await world.until(is_renewed, PATIENCE_SECONDS)
    again = await world.app.stores.jobs.job(job.job_id)

    assert again.result_message == job.result_message
    assert job.result_message is not None

    channel = world.app.bot.get_partial_messageable(job.result_message.channel_id)
    await channel.get_partial_message(job.result_message.message_id).delete()
    await world.env.advance_time(3_600)
    await world.mona.slash(world.channel, "manage jobs deliver", job=job.job_id)

    async def moved() -> bool:
        return (await world.app.stores.jobs.job(job.job_id)).result_message != job.result_message

    for _ in range(200):
        if await moved():
            break
        await world.clock.sleep(0.5)

    assert await moved()
    assert world.provider.billed_micros == 160_000
