"""A submitted form is read as it was filled in: files in the order of choosing, whatever order they are listed in."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import discord
import pytest

from bot.ui.discord.uploads import fields_of, picked_from, uploads_of
from bot.ui.render.image_upload import ImageUpload


async def fetch(url: str) -> bytes:
    return url.encode()


def submitted(*values: str) -> dict[str, Any]:
    """A form with one upload field; the files are listed in the order of their ids."""
    files = {
        number: {"id": number, "filename": f"{number}.png", "size": 9, "url": f"https://cdn.example/{number}"}
        for number in ("1", "2", "3")
    }
    upload = {"type": 19, "custom_id": "images", "values": list(values)}
    prompt = {"type": 4, "custom_id": "prompt", "value": "A poster"}
    labels = [{"type": 18, "component": each} for each in (upload, prompt)]
    return {"custom_id": "studio", "components": labels, "resolved": {"attachments": files}}


def test_files_come_in_the_order_of_choosing() -> None:
    """The field's own list decides, not the map of files (which discord.py 2.7.1 would follow)."""
    uploads = uploads_of(submitted("3", "1", "2"), fetch)

    assert [upload.filename for upload in uploads] == ["3.png", "1.png", "2.png"]


def test_a_file_that_did_not_arrive_is_left_out() -> None:
    """A value without its file is no file."""
    assert [upload.id for upload in uploads_of(submitted("2", "9"), fetch)] == [2]


def test_no_file_is_no_error() -> None:
    """The upload may be left empty."""
    assert uploads_of({"components": []}, fetch) == ()


def test_fields_are_found_by_name() -> None:
    """Typed text is one value, a choice may be several."""
    assert fields_of(submitted("1", "2")) == {"images": ("1", "2"), "prompt": ("A poster",)}


async def test_a_file_is_fetched_from_its_address() -> None:
    """Reading goes through the one way that is given."""
    [upload] = uploads_of(submitted("1"), fetch)

    assert await upload.read() == b"https://cdn.example/1"


def test_an_address_is_in_no_representation() -> None:
    """A file's signed address cannot get into a log by way of its representation."""
    [upload] = uploads_of(submitted("1"), fetch)

    assert "cdn.example" not in repr(upload)


def test_the_chooser_offers_images_only() -> None:
    """The field asks Discord for image files, and sends no limit as null."""
    field = ImageUpload(custom_id="image").to_component_dict()

    assert field["file_types"] == ["image"]
    assert None not in field.values()


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, False),
        ({"flags": 0}, False),
        ({"flags": 1 << 3}, True),
        ({"flags": 1 << 2 | 1 << 3}, True),
        ({"flags": 1 << 2}, False),
        ({"filename": "SPOILER_fox.png"}, True),
        ({"filename": "my SPOILER_fox.png"}, False),
    ],
)
def test_spoilers_are_known_by_flag_or_name(facts: dict[str, Any], wanted: bool) -> None:  # noqa: FBT001 - what is expected
    """In a form's files as in a message's: newer clients set a flag, older ones begin the name."""
    file = {"id": "5", "filename": "fox.png", "size": 3, "url": "https://cdn.discordapp.com/x", **facts}
    data = {
        "components": [{"type": 18, "component": {"type": 19, "custom_id": "images", "values": ["5"]}}],
        "resolved": {"attachments": {"5": file}},
    }
    [upload] = uploads_of(data, fetch)
    attachment = discord.Attachment(data={"proxy_url": "", **file}, state=MagicMock())  # pyright: ignore[reportArgumentType] - only what is read
    [picked] = picked_from([attachment])

    assert upload.is_spoiler is picked.is_spoiler is wanted
