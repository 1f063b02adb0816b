"""Interaction responses: who reads what, in which order, and that nothing is left open."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from tests.ui.discord.conversation import Conversation, words

# SimCord counts every error that reaches the command tree, also those that are explained to whoever sent the command.
pytestmark = pytest.mark.simcord(check_errors=False)


async def test_a_private_answer_is_private(conversation: Conversation) -> None:
    """What concerns one person is seen by that person."""
    result = await conversation.use("greet")

    assert result.ephemeral
    assert "Good day." in words(result.response)


async def test_a_refusal_at_once_is_the_one_answer(conversation: Conversation) -> None:
    """A refusal before anything was answered takes one request and is private."""
    result = await conversation.use("refuse")

    assert result.ephemeral
    assert "That prompt is empty." in words(result.response)
    assert "Nothing was spent." in words(result.response)
    assert len(conversation.writes()) == 1


async def test_a_refusal_after_the_public_answer_takes_it_back(conversation: Conversation) -> None:
    """Neutral word, private reason, removal, in this order; the command is recorded before and forgotten after."""
    result = await conversation.use("relent")
    reason = result.followups[0]

    assert [method for method, _ in conversation.writes()] == ["POST", "PATCH", "POST", "DELETE"]
    assert conversation.services.log == ["acknowledge", "forget"]
    assert result.response is None
    assert reason.ephemeral
    assert "That prompt is empty." in words(reason)
    assert conversation.channel.history() == []


async def test_an_option_refuses_in_its_own_words(conversation: Conversation) -> None:
    """A refusal inside discord.py's conversion of options is unwrapped."""
    result = await conversation.use("pick", option="x")

    assert "That prompt is empty." in words(result.response)


async def test_a_private_delay_ends_in_the_answer(conversation: Conversation) -> None:
    """An ephemeral "thinking…" is replaced, not followed."""
    result = await conversation.use("ponder")

    assert result.ephemeral
    assert "That prompt is empty." in words(result.response)
    assert result.followups == []


@pytest.mark.parametrize("command", ["stumble", "collapse"])
async def test_a_bug_is_told_with_a_reference_that_the_log_knows(conversation: Conversation, command: str) -> None:
    """An unexpected error never leaves "thinking…": the member gets a reference, the log everything under it."""
    with capture_logs() as logs:
        result = await conversation.use(command)
    failed = next(entry for entry in logs if entry["event"] == "interaction.failed")
    told = result.response if command == "stumble" else result.followups[0]

    assert isinstance(failed["exc_info"], ZeroDivisionError)
    assert failed["reference"] in words(told)
    assert told is not None
    assert told.ephemeral
    assert conversation.channel.history() == []


async def test_what_became_a_job_keeps_its_public_answer(conversation: Conversation) -> None:
    """An error after the admission is told in private, and the status message stays."""
    result = await conversation.use("work")

    assert "Job 4F7K waits." in words(result.response)
    assert result.followups[0].ephemeral


async def test_an_error_is_not_told_in_place_of_a_status_to_come(conversation: Conversation) -> None:
    """While a job's answer is still "thinking…", a private word would become that answer; the status will speak."""
    result = await conversation.use("rush")

    assert result.followups == []
    assert result.response is not None
    assert result.response.flags.loading
