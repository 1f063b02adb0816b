"""Screenshots of every message Easel sends, at a desktop's and a phone's width: `python -m tests.ui.sheets FOLDER`.

The messages are sent by a real discord.py client into a simulated channel and shown by SimCord's preview page in a
real browser. People look at the sheets; no test compares them.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import discord
import simcord
from discord import ui
from PIL import Image, ImageDraw
from playwright.async_api import Browser, async_playwright

from bot import texts
from bot.domain.budget import Grant, LedgerEntry, LimitKind, OverLimit, ScopeKind
from bot.domain.clock import DAY, HOUR, MINUTE
from bot.domain.errors import BadAmount, BadImage, CannotPostHere, MemberFrozen
from bot.domain.jobs import Job, PredictionState
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from bot.domain.references import Reference
from bot.media.strip import draw_strip
from bot.services.jobs.cancelling import Cancelled
from bot.services.money.budgets import BudgetView, LimitChange
from bot.services.ports.messages import Link
from bot.ui.render.budget import render_budget
from bot.ui.render.drawing import PING_NOBODY, STRIP_FILENAME
from bot.ui.render.jobs import render_cancelled, render_job, render_jobs
from bot.ui.render.manage.money import render_grant_given, render_limit_changed
from bot.ui.render.refusals import render_refusal, render_unexpected
from bot.ui.render.result import render_result
from bot.ui.render.status import render_status
from bot.ui.render.withheld import render_withheld
from tests.ui.creative_sheets import (
    approval_sheet,
    desk_words_sheet,
    details_sheet,
    gallery_sheet,
    guide_sheet,
    storyboard_sheet,
    studio_sheet,
    styles_sheet,
    tray_sheet,
)
from tests.ui.desk_sheets import audit_sheet, first_day_sheet, overview_sheet, review_sheet, rules_sheet, settings_sheet
from tests.ui.samples import CENTS, IMAGE, NOW, REFERENCES, RESULT_AT, job, line, picture, prediction, snapshot

WIDTHS = (704, 360)
_HEIGHT = 5000
_COLOURS = 64
S = PredictionState


@dataclass(frozen=True, slots=True)
class People:
    """Who and what the messages name."""

    alice: int
    bob: int
    guild: int
    channel: int
    role: int

    def job(self, *states: Any, **facts: Any) -> Job:
        """A sample job of Alice's in this channel."""
        places: dict[str, Any] = {"member_id": self.alice, "guild_id": self.guild, "channel_id": self.channel}
        return job(*states, **(places | facts))


Sheet = Callable[[People], Sequence[ui.LayoutView]]


def queue_sheet(who: People) -> Sequence[ui.LayoutView]:
    """Before anything is sent."""
    return (
        render_status(snapshot(who.job(S.QUEUED, S.QUEUED), place=1, wait=5)),
        render_status(snapshot(who.job(S.QUEUED), place=3, wait=20, held_up_by=None)),
        render_status(
            snapshot(
                who.job(S.QUEUED),
                place=9,
                held_up_by="An earlier request is being checked with the provider first.",
            )
        ),
        render_status(snapshot(who.job(S.SUBMITTING))),
    )


def painting_sheet(who: People) -> Sequence[ui.LayoutView]:
    """While the provider works."""
    late = who.job(prediction(S.PROCESSING, submitted_at=NOW - 11 * MINUTE), late_told_at=NOW)
    return (
        render_status(snapshot(who.job(S.PROCESSING))),
        render_status(snapshot(who.job(S.COMPLETED, S.PROCESSING, S.QUEUED), typical=None)),
        render_status(snapshot(late)),
    )


def checking_sheet(who: People) -> Sequence[ui.LayoutView]:
    """When an answer was lost."""
    unknown = prediction(S.UNKNOWN, next_look_at=NOW + 2 * MINUTE)
    left = prediction(S.UNKNOWN, review_at=NOW)
    return (render_status(snapshot(who.job(unknown))), render_status(snapshot(who.job(left))))


def ended_sheet(who: People) -> Sequence[ui.LayoutView]:
    """When nothing more happens."""
    posted = {"result_message": RESULT_AT}
    return (
        render_status(snapshot(who.job(S.COMPLETED, **posted))),
        render_status(snapshot(who.job(S.COMPLETED))),
        render_status(snapshot(who.job(S.COMPLETED, closed_at=NOW))),
        render_status(snapshot(who.job(S.COMPLETED, S.FAILED, S.COMPLETED, **posted))),
        render_status(snapshot(who.job(S.CANCELLED, S.CANCELLED))),
        render_status(snapshot(who.job(S.WITHHELD))),
        render_withheld(who.job(S.WITHHELD)),
        *(render_status(snapshot(who.job(prediction(S.FAILED, reason=reason)))) for reason in FailureReason),
    )


def result_sheet(who: People) -> Sequence[ui.LayoutView]:
    """One picture."""
    return (render_result(who.job(S.COMPLETED), [picture()]),)


def results_sheet(who: People) -> Sequence[ui.LayoutView]:
    """Several pictures, some missing, late or too large."""
    link = Link("https://d11ewybssaphwx.cloudfront.net/output/3f0e2c.png", NOW + 7 * DAY)
    partly = who.job(S.COMPLETED, S.FAILED, S.COMPLETED)
    return (
        render_result(partly, [picture(1), picture(2)]),
        render_result(who.job(S.COMPLETED, S.COMPLETED, S.PROCESSING), [picture(1), link]),
    )


def refusal_sheet(who: People) -> Sequence[ui.LayoutView]:
    """Everything that is said in private instead of running."""
    del who
    price = {"price_micros": 8 * CENTS}
    day = line(100, 100, 0, kind=ScopeKind.CHANNEL, period=Period.DAY, ends_at=NOW + 9 * HOUR)
    return (
        render_refusal(OverLimit(line(500, 487, 8), **price, count=2)),
        render_refusal(OverLimit(line(500, 476, 8), **price, count=4)),
        render_refusal(OverLimit(day, **price, count=1)),
        render_refusal(OverLimit(line(0, 0, 0, kind=ScopeKind.SERVER), **price, count=1)),
        render_refusal(OverLimit(line(500, 500, 0, period=Period.TOTAL, ends_at=None), **price, count=1)),
        render_refusal(BadImage(texts.images.NO_FORMAT, filename="holiday_**photo**_@everyone.tiff")),
        render_refusal(BadAmount(texts.money.AMBIGUOUS_COMMA, typed="1,000")),
        render_refusal(CannotPostHere(("Send Messages", "Attach Files"))),
        render_refusal(MemberFrozen("too many of the same")),
        render_unexpected("8f3a91c2"),
    )


def budget_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/budget`, full and empty."""
    grants = (Grant(1, ScopeKind.MEMBER, 1, 200 * CENTS, 0, 0, NOW + 31 * DAY, "contest prize"),)
    entries = (
        LedgerEntry("job", -16 * CENTS, "3QD2", None, "", NOW - HOUR, pictures=2),
        LedgerEntry("job", 0, "3Q9A", None, "moderated", NOW - 2 * HOUR, returned_micros=8 * CENTS),
        LedgerEntry("grant", 200 * CENTS, None, who.bob, "contest prize", NOW - DAY, NOW + 31 * DAY),
    )
    own = (line(500, 128, 8), line(100, 32, 8, period=Period.DAY, ends_at=NOW + DAY))
    pools = (line(5000, 2840, 48, kind=ScopeKind.SERVER), line(None, 700, 0, kind=ScopeKind.CHANNEL))
    view = BudgetView(who.alice, (*own, *pools), grants, (), entries, (who.job(S.PROCESSING),))
    unlimited = BudgetView(who.bob, (line(None, 8, 0),), (), (), (), ())
    return (
        render_budget(view, viewer_id=who.alice),
        render_budget(unlimited, viewer_id=who.alice),
        render_limit_changed(LimitChange(LimitKind.ROLE, who.role, Period.MONTH, None, 500 * CENTS)),
        render_limit_changed(LimitChange(LimitKind.MEMBER, who.bob, Period.DAY, 100 * CENTS, 0)),
        render_limit_changed(
            LimitChange(LimitKind.MEMBER, who.bob, Period.MONTH, None, 100 * CENTS, line(100, 128, 8))
        ),
        render_limit_changed(LimitChange(LimitKind.CHANNEL, who.channel, Period.WEEK, 100 * CENTS, None)),
        render_grant_given(grants[0], target_id=who.bob),
    )


def jobs_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/jobs list` and `/jobs show`."""
    jobs = (
        who.job(S.PROCESSING, job_id="4F7K9Z"),
        who.job(S.COMPLETED, S.FAILED, job_id="3QD2M0", result_message=RESULT_AT, created_at=NOW - HOUR),
        who.job(
            S.FAILED, job_id="3Q9ABC", created_at=NOW - DAY, prompt="# Make *it* `bold` @everyone https://a.example"
        ),
    )
    return (
        render_jobs(jobs),
        render_jobs(jobs, of_server=True),
        render_jobs(()),
        render_cancelled(Cancelled(who.job(S.PROCESSING, S.CANCELLED, S.CANCELLED), 2, 16 * CENTS)),
        render_job(who.job(S.COMPLETED, S.FAILED, S.QUEUED, status_message=RESULT_AT), [picture()]),
    )


def hostile_sheet(who: People) -> Sequence[ui.LayoutView]:
    """What somebody might try."""
    words = (
        "# Big\n-# small\n> quote ``` code ``` **bold** ||spoiler|| [click](https://evil.example) <@1> @everyone <#2> "
    )
    names = ("@everyone.png", "[x](https://evil.example).png", "w" * 90 + ".jpeg", "``` `.gif", "a\nb\u202egnp.exe")
    references = tuple(
        Reference(place, words[:60], name, IMAGE, "first frame of an animation used")
        for place, name in enumerate(names, start=1)
    )
    return (
        render_status(snapshot(who.job(S.QUEUED, references=references, prompt=words * 12), place=2)),
        render_result(who.job(S.COMPLETED, references=REFERENCES, prompt=words), [picture()]),
    )


SHEETS: dict[str, Sheet] = {
    "queue": queue_sheet,
    "painting": painting_sheet,
    "checking": checking_sheet,
    "ended": ended_sheet,
    "result": result_sheet,
    "results": results_sheet,
    "refusals": refusal_sheet,
    "budget": budget_sheet,
    "jobs": jobs_sheet,
    "tray": tray_sheet,
    "studio": studio_sheet,
    "storyboard": storyboard_sheet,
    "details": details_sheet,
    "gallery": gallery_sheet,
    "styles": styles_sheet,
    "guide": guide_sheet,
    "approval": approval_sheet,
    "desk-words": desk_words_sheet,
    "hostile": hostile_sheet,
    "settings": settings_sheet,
    "rules": rules_sheet,
    "review": review_sheet,
    "overview": overview_sheet,
    "audit": audit_sheet,
    "first-day": first_day_sheet,
}


def painted(seed: int, size: tuple[int, int] = (1024, 576)) -> bytes:
    """A picture that looks like something: circles over a gradient."""
    width, height = size
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image = Image.blend(image, Image.new("RGB", size, ((seed * 67) % 200, (seed * 131) % 200, 150)), 0.6)
    draw = ImageDraw.Draw(image)
    for n in range(9):
        x, y, radius = (n * 173 * seed) % width, (n * 97 * seed) % height, 30 + (n * 29) % 90
        colour = ((n * 53) % 255, (n * 91 * seed) % 255, (n * 37) % 255)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def files_for(view: ui.LayoutView) -> list[discord.File]:
    """The attachments that a message names."""
    items = list(view.walk_children())
    shown = [item.media.url for gallery in items if isinstance(gallery, ui.MediaGallery) for item in gallery.items]
    files = [item.media.url for item in items if isinstance(item, ui.File)]
    names = [url.removeprefix("attachment://") for url in (*shown, *files)]
    strip = draw_strip([painted(n) for n in range(1, 4)]).content if STRIP_FILENAME in names else b""
    return [
        discord.File(BytesIO(strip if name == STRIP_FILENAME else painted(n + 5)), name) for n, name in enumerate(names)
    ]


async def shoot(env: simcord.Env, browser: Browser, name: str, sheet: Sheet, folder: Path) -> None:
    """Send one sheet's messages into a channel of their own and photograph it at each width."""
    channel = env.guild.create_text_channel(name)
    alice = env.guild.add_member(env.create_user("alice"))
    bob = env.guild.add_member(env.create_user("bob"))
    role = env.guild.create_role("Artists")
    who = People(alice.id, bob.id, env.guild.id, channel.id, role.id)
    target = env.bot.get_channel(channel.id)
    assert isinstance(target, discord.TextChannel)
    for view in sheet(who):
        await target.send(view=view, files=files_for(view), allowed_mentions=PING_NOBODY)
        view.stop()
    for width in WIDTHS:
        at = datetime.fromtimestamp(NOW / 1000, tz=UTC)
        options: dict[str, Any] = {"display": "fixed", "layout": "channel", "presentation_time": at}
        async with env.preview(channel, viewers=[alice], width=width, height=_HEIGHT, **options) as preview:
            page = await browser.new_page(viewport={"width": width + 900, "height": _HEIGHT + 300})
            await page.goto(preview.url)
            await page.wait_for_function("() => window.simcordPreview?.ready === true")
            app = await page.locator("#preview-app").bounding_box()
            last = await page.locator("#channel-message-list > *").last.bounding_box()
            assert app is not None
            assert last is not None
            bottom = last["y"] + last["height"] + 16
            clip: Any = {"x": app["x"], "y": app["y"], "width": width, "height": bottom - app["y"]}
            with Image.open(BytesIO(await page.screenshot(clip=clip))) as image:
                image.convert("RGB").quantize(_COLOURS).save(folder / f"{name}-{width}.png", optimize=True)
            await page.close()


async def main(folder: Path, names: Sequence[str]) -> None:
    """Photograph the named sheets, or all of them."""
    bot = discord.Client(intents=discord.Intents(guilds=True))
    async with async_playwright() as playwright, simcord.run(bot) as env:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        env.create_guild("Easel")
        for name in names or SHEETS:
            await shoot(env, browser, name, SHEETS[name], folder)
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go; made if it is missing")
    parser.add_argument("names", nargs="*", help=f"which sheets, or all: {', '.join(SHEETS)}")
    wanted = parser.parse_args()
    if unknown := set(wanted.names).difference(SHEETS):
        parser.error(f"no such sheet: {', '.join(sorted(unknown))}")
    wanted.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(wanted.folder, wanted.names))
