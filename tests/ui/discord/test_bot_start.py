"""A bot that starts: buttons from before work, commands are uploaded where they changed, and no messages are seen."""

from __future__ import annotations

import discord
import pytest
from structlog.testing import capture_logs

from bot.command_sync import SYNCED_COMMANDS
from bot.ui.render.actions import ActionButton
from bot.ui.render.drawing import drawn
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent
from tests.ui.discord.conversation import Conversation, easel
from tests.ui.doubles import FakeFacts

# SimCord counts every error that reaches the command tree, also those that are explained to whoever sent the command.
pytestmark = pytest.mark.simcord(check_errors=False)


async def test_buttons_work_after_a_restart(conversation: Conversation) -> None:
    """A button under a message from before the start calls its use case with the id that it carries."""
    message = await _message_with_button(conversation)
    await conversation.env.restart_bot(easel(conversation.services, FakeFacts()))
    await conversation.member.click(message, custom_id="cancel:4F7K")

    assert conversation.services.cancelling.asked == ["4F7K"]


async def test_a_bug_behind_a_button_is_told(conversation: Conversation) -> None:
    """discord.py only logs what a dynamic item raises; here whoever pressed it is told."""
    message = await _message_with_button(conversation)
    conversation.services.cancelling.error = ZeroDivisionError("a bug")
    result = await conversation.member.click(message, custom_id="cancel:4F7K")

    assert result.followups[0].ephemeral


async def _message_with_button(conversation: Conversation) -> discord.Message:
    view = Layout(Accent.WORKING).buttons(ActionButton("cancel", "4F7K")).build()
    channel = conversation.env.bot.get_partial_messageable(conversation.channel.id)
    return await channel.send(view=drawn(view))


async def test_commands_are_uploaded_only_when_they_changed(conversation: Conversation) -> None:
    """A second start with the same commands sends none; another set of commands is sent."""
    facts = FakeFacts()
    uploads: list[int] = []
    for _ in range(2):
        await conversation.env.restart_bot(easel(conversation.services, facts))
        uploads.append(_uploads(conversation))
    facts.known[SYNCED_COMMANDS] = "another"
    await conversation.env.restart_bot(easel(conversation.services, facts))

    assert uploads == [2, 2]
    assert _uploads(conversation) == 3


def _uploads(conversation: Conversation) -> int:
    return sum(request.path.endswith("/commands") for request in conversation.env.http_requests)


async def test_attachment_options_offer_images(conversation: Conversation) -> None:
    """The file chooser is asked to offer images, for attachment options only."""
    sent = next(request.json for request in conversation.env.http_requests if request.path.endswith("/commands"))
    assert sent is not None
    options = {option["name"]: option for command in sent for option in command.get("options", [])}

    assert options["image"]["file_types"] == ["image"]
    assert "file_types" not in options["option"]


async def test_a_discord_that_does_not_know_the_filter_gets_the_commands_without(conversation: Conversation) -> None:
    """If the filter is refused, the commands are sent plain, and count as sent."""
    facts = FakeFacts()
    conversation.env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
    await conversation.env.restart_bot(easel(conversation.services, facts))
    plain = conversation.env.http_requests[-1]

    assert "file_types" not in str(plain.json)
    assert SYNCED_COMMANDS in facts.known


async def test_commands_that_could_not_be_uploaded_are_tried_at_the_next_start(conversation: Conversation) -> None:
    """A failed upload does not keep the bot from starting, and is not remembered as done."""
    facts = FakeFacts()
    conversation.env.inject_error("PUT", "/applications/*/commands", status=503)
    with capture_logs() as logs:
        await conversation.env.restart_bot(easel(conversation.services, facts))

    assert SYNCED_COMMANDS not in facts.known
    assert "commands.not_synced" in [entry["event"] for entry in logs]


async def test_the_bot_sees_no_messages(conversation: Conversation) -> None:
    """It asks for servers and channels only, and nobody can be mentioned unless a message says so."""
    bot = conversation.env.bot

    assert bot.intents == discord.Intents(guilds=True)
    assert bot.allowed_mentions is not None
    assert bot.allowed_mentions.to_dict() == {"parse": []}
