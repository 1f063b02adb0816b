"""`/manage report` as a moderator sees it: a chart, a table, and totals that are the ledger's."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

from PIL import Image

from bot.demo.reading import text_of
from bot.demo.world import World
from tests.cogs.pictures import picture
from tests.cogs.seeing import all_closed, private_text


async def test_a_report_has_a_chart_and_a_table(world: World) -> None:
    """Two pictures of alice: the message, the chart and the table all say so."""
    await world.alice.slash(world.channel, "edit", prompt="a fox", image=("a.png", picture("red")), count=2)
    await all_closed(world)
    answer = await world.mona.slash(world.channel, "manage report", period="month", by="member")
    assert answer.response is not None
    message = answer.response.message
    chart, table = [await attachment.read() for attachment in message.attachments]
    rows = list(csv.DictReader(StringIO(table.decode())))
    with Image.open(BytesIO(chart)) as image:
        width, height = image.size

    assert "**$0.16** spent for 2 pictures" in text_of(message)
    assert f"<@{world.alice.id}>" in text_of(message)
    assert [tuple(row.values())[1:5] for row in rows] == [(str(world.alice.id), "alice", "2", "0.160000")]
    assert width > height > 100
    assert world.provider.billed_micros == 160_000


async def test_an_empty_report_is_a_sentence(world: World) -> None:
    """Nothing to draw, nothing attached."""
    answer = await world.mona.slash(world.channel, "manage report")

    assert "Nothing was spent or held" in private_text(answer)
