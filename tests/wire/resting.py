"""Lets a bot finish all jobs, deciding what only a moderator can."""

from __future__ import annotations

from bot.db.connection import Row
from tests.wire.accounts import unanswered
from tests.wire.stage import BotStage

UNDECIDED = """
SELECT prediction_id, job_id, guild_id, COALESCE(sent_shot, sent_prompt) AS sent_prompt
FROM predictions JOIN jobs USING (job_id)
WHERE state = 'unknown' AND review_at IS NOT NULL ORDER BY prediction_id
"""
"""Requests of several jobs that one crash cut off, within what clocks may be off: only a moderator can tell."""

OPEN = """
SELECT COUNT(*) FROM jobs WHERE closed_at IS NULL AND (
    job_id NOT IN (SELECT job_id FROM predictions WHERE state = 'unknown' AND review_at IS NOT NULL)
    OR job_id IN (SELECT job_id FROM predictions
                  WHERE ended_at IS NULL AND (state <> 'unknown' OR review_at IS NULL)))
"""
"""Those for which the bot itself still has something to do."""


async def come_to_rest(stage: BotStage, within: float) -> None:
    """Return once every command is answered and every job closed.

    AssertionError where the bot needs longer than so many seconds for a step.
    """
    # A command that was sent just now is in no table yet, and one whose table is out of reach is so for longer.
    await stage.until(lambda: is_at_rest(stage) and not stage.fake.desk.waiting() and not unanswered(stage), within)
    while undecided := stage.rows(UNDECIDED):
        await _decide(stage, undecided[0], within)
        await stage.until(lambda: is_at_rest(stage), within)
    await stage.closed(within, jobs=0)


async def _decide(stage: BotStage, undecided: Row, within: float) -> None:
    """Decide as a moderator who knows what each task was asked: take the one that is its own, else give it back."""
    claimed = {each["provider_id"] for each in stage.rows("SELECT provider_id FROM predictions")}
    own = [
        each["id"]
        for each in await stage.provider.predictions()
        if each["prompt"] == undecided["sent_prompt"] and each["id"] not in claimed
    ]
    options = {"job": undecided["job_id"], "decision": own[0] if own else "release"}
    moderator, channel = stage.desks.get(undecided["guild_id"], (stage.mo, stage.channel))
    stage.fake.slash(moderator, channel, "manage jobs resolve", options)
    await stage.until(
        lambda: undecided["prediction_id"] not in {each["prediction_id"] for each in stage.rows(UNDECIDED)}, within
    )


def is_at_rest(stage: BotStage) -> bool:
    """Whether all is done that the bot can do without a moderator."""
    waiting = stage.value("SELECT COUNT(*) FROM interactions WHERE job_id IS NULL")
    return not waiting and not stage.value(OPEN)
