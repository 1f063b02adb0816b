"""Checks after a kill loop: ledger, bill, messages and pictures agree."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from bot.db.connection import Row
from bot.db.invariants import violations
from tests.wire.discord_fake import Interaction, Message, text_of
from tests.wire.stage import BotStage

_MARK = re.compile(r"^-# .*\bjob `?([0-9A-HJKMNP-TV-Z]{6})`?$", re.MULTILINE)
_DEFERRED = 5

JOBS = """
SELECT job_id, interaction_id, sent_prompt, closed_at, result_message_id, status_message_id,
       (SELECT json_group_array(sha256) FROM (SELECT sha256 FROM job_references AS r WHERE r.job_id = jobs.job_id
                                               ORDER BY place) AS references_in_order) AS given
FROM jobs
"""
PREDICTIONS = """
SELECT predictions.*, (SELECT json_group_array(sha256) FROM (SELECT sha256 FROM outputs AS o
                       WHERE o.prediction_id = predictions.prediction_id ORDER BY place) AS in_order) AS made
FROM predictions ORDER BY job_id, n
"""
PAID = """
SELECT COALESCE(SUM(CASE kind WHEN 'capture' THEN amount_micros WHEN 'refund' THEN -amount_micros
                              WHEN 'adjust' THEN amount_micros END), 0) FROM ledger
"""


@dataclass(slots=True)
class Count:
    """What happened until now; `problems` is empty where every rule held."""

    jobs: int
    predictions: int
    tasks: int
    posts: int
    lost_answers: int
    never_started: int
    to_moderators: int
    messages: int
    problems: list[str]


async def audit(stage: BotStage, *, pictures: bool = True) -> Count:
    """Compare the bot's database, the provider's books and Discord's messages with one another.

    `pictures` also compares every picture in Discord with what the provider made for that very job.
    """
    tasks = await stage.provider.predictions()
    with stage.books() as connection:
        jobs = list(connection.execute(JOBS).fetchall())
        predictions = list(connection.execute(PREDICTIONS).fetchall())
        attempts = list(connection.execute("SELECT outcome FROM attempts").fetchall())
        paid = connection.execute(PAID).fetchone()[0]
        problems = [f"invariant {each}" for each in violations(connection)]
    posts = await stage.provider.posts()
    results = _results(stage)
    problems += _books(predictions, tasks, attempts, posts)
    problems += _jobs(jobs, predictions, results)
    problems += _mixed_up(jobs, predictions, tasks)
    problems += [f"command {each.id} was never answered" for each in unanswered(stage)]
    problems += [f"{each.route} {each.rule}: {each.text}" for each in stage.fake.journal.violations]
    if paid != (billed := await stage.provider.billed_micros()):
        problems.append(f"the ledger says {paid}, the provider's bill {billed}")
    if pictures:
        problems += [each async for each in _wrong_pictures(stage, jobs, predictions, tasks, results)]
    return Count(
        jobs=len(jobs),
        predictions=len(predictions),
        tasks=len(tasks),
        posts=posts,
        lost_answers=sum(each["outcome"] == "lost" for each in attempts),
        never_started=sum(each["reason"] == "never_started" for each in predictions),
        to_moderators=sum(each["review_at"] is not None for each in predictions),
        messages=sum(map(len, results.values())),
        problems=problems,
    )


def _results(stage: BotStage) -> dict[str, list[Message]]:
    """Every result message in any channel, by its job: those that mention somebody above their container."""
    found: dict[str, list[Message]] = {}
    for message in stage.fake.world.all_messages():
        text = text_of(message)
        mark = _MARK.search(text)
        if message.author is stage.fake.world.bot and text.startswith("<@") and mark:
            found.setdefault(mark[1], []).append(message)
    return found


def _books(predictions: list[Row], tasks: list[dict[str, Any]], attempts: list[Row], posts: int) -> Iterator[str]:
    ours = Counter(each["provider_id"] for each in predictions if each["provider_id"])
    theirs = {each["id"] for each in tasks}
    yield from (f"task {each} was paid and belongs to nobody" for each in theirs - set(ours))
    yield from (f"task {each} is unknown to the provider" for each in set(ours) - theirs)
    yield from (f"task {each} belongs to {n} of ours" for each, n in ours.items() if n > 1)
    if posts > len(attempts):
        yield f"{posts} paid requests for {len(attempts)} attempts"
    yield from (f"an attempt without an outcome, {len(attempts)} in all" for each in attempts if not each["outcome"])


def _jobs(jobs: list[Row], predictions: list[Row], results: dict[str, list[Message]]) -> Iterator[str]:
    made = {each["job_id"] for each in predictions if each["state"] == "completed"}
    for job in jobs:
        job_id = job["job_id"]
        shown = results.get(job_id, [])
        if job["closed_at"] is None:
            yield f"job {job_id} is still open"
        if len(shown) != (job_id in made):
            yield f"job {job_id} has {len(shown)} result messages, {'one' if job_id in made else 'none'} expected"
        if shown and shown[0].id != job["result_message_id"]:
            yield f"job {job_id} does not know its result message"
    yield from (f"a result for an unknown job {each}" for each in results.keys() - {job["job_id"] for job in jobs})


def _mixed_up(jobs: list[Row], predictions: list[Row], tasks: list[dict[str, Any]]) -> Iterator[str]:
    """Whether each task at the provider is what its own job asked for: prompt and references in their order."""
    by_id = {each["id"]: each for each in tasks}
    by_job = {each["job_id"]: each for each in jobs}
    for prediction in predictions:
        task = by_id.get(prediction["provider_id"])
        if task is None:
            continue
        job = by_job[prediction["job_id"]]
        sent = [url.rsplit("/", 1)[1].partition(".")[0] for url in task["references"]]
        words = job["sent_prompt"] if prediction["sent_shot"] is None else prediction["sent_shot"]
        if task["prompt"] != words or sent != [each[:16] for each in json.loads(job["given"])]:
            yield f"job {job['job_id']} follows a task of another job"


def unanswered(stage: BotStage) -> list[Interaction]:
    """Commands that were acknowledged in public and became neither a job nor an apology."""
    known = {each["interaction_id"] for each in stage.rows("SELECT interaction_id FROM jobs")}
    return [
        each
        for each in stage.fake.world.interactions.values()
        if each.response == _DEFERRED
        and each.id not in known
        and each.original in each.messages
        and each.original.visible_to is None
        and (each.original.loading or all(message.visible_to is None for message in each.messages))
    ]


async def _wrong_pictures(
    stage: BotStage,
    jobs: list[Row],
    predictions: list[Row],
    tasks: list[dict[str, Any]],
    results: dict[str, list[Message]],
) -> AsyncIterator[str]:
    addresses = {each["id"]: each["outputs"] for each in tasks}
    for job in jobs:
        ended = [each for each in predictions if each["job_id"] == job["job_id"] and each["state"] == "completed"]
        urls = [addresses[each["provider_id"]][:1] for each in ended]
        expected = [hashlib.sha256(await stage.provider.download(url)).hexdigest() for each in urls for url in each]
        if [name for each in ended for name in json.loads(each["made"])] != expected:
            yield f"job {job['job_id']} keeps another picture than its own"
        for message in results.get(job["job_id"], []):
            shown = [each.data for each in message.attachments if "contact-sheet" not in each.filename]
            if [hashlib.sha256(each).hexdigest() for each in shown] != expected:
                yield f"job {job['job_id']} shows another picture than its own"
