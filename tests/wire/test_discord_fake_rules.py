"""The fake refuses what Discord refuses: each rule that Discord's OpenAPI description does not express, broken once."""

from __future__ import annotations

import copy
from typing import Any

import aiohttp
import pytest

from tests.wire.discord_fake.component_rules import check_components, check_modal
from tests.wire.discord_fake.shapes import Json
from tests.wire.discord_fake.unknown_fields import unknown_fields
from tests.wire.discord_probe import Rest, Scene

V2 = 1 << 15


def text(content: str = "x") -> Json:
    return {"type": 10, "content": content}


def button(**fields: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Run", "custom_id": "run", **fields}


def row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def select(**fields: Any) -> Json:
    return {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}], **fields}


def labelled(component: Json) -> Json:
    return {"title": "t", "custom_id": "f", "components": [{"type": 18, "label": "l", "component": component}]}


MESSAGES: list[tuple[str, Json, int]] = [
    ("empty", {}, 50006),
    ("empty with components", {"components": []}, 50006),
    ("content of 2001", {"content": "x" * 2001}, 50035),
    ("v2 without its flag", {"components": [text()]}, 50035),
    ("v2 with content", {"flags": V2, "content": "x", "components": [text()]}, 50035),
    ("v2 with embeds", {"flags": V2, "embeds": [{"title": "x"}], "components": [text()]}, 50035),
    ("v2 with nothing", {"flags": V2, "content": "x"}, 50035),
    ("text of 4001 in all", {"flags": V2, "components": [text("x" * 2001), text("y" * 2000)]}, 50035),
    (
        "41 components, nested",
        {"flags": V2, "components": [{"type": 17, "components": [text() for _ in range(40)]}]},
        50035,
    ),
    ("one custom_id twice", {"content": "x", "components": [row(button(), button())]}, 50035),
    ("custom_id of 101", {"content": "x", "components": [row(button(custom_id="c" * 101))]}, 50035),
    ("label of 81", {"content": "x", "components": [row(button(label="l" * 81))]}, 50035),
    ("button without label", {"content": "x", "components": [row(button(label=None))]}, 50035),
    ("link with custom_id", {"content": "x", "components": [row(button(style=5, url="https://x.y"))]}, 50035),
    (
        "six buttons in a row",
        {"content": "x", "components": [row(*(button(custom_id=str(n)) for n in range(6)))]},
        50035,
    ),
    ("button beside select", {"content": "x", "components": [row(button(), select())]}, 50035),
    ("six rows", {"content": "x", "components": [row(button(custom_id=str(n))) for n in range(6)]}, 50035),
    ("button outside a row", {"flags": V2, "components": [button()]}, 50035),
    ("container in container", {"flags": V2, "components": [{"type": 17, "components": [{"type": 17}]}]}, 50035),
    ("section without accessory", {"flags": V2, "components": [{"type": 9, "components": [text()]}]}, 50035),
    ("gallery of none", {"flags": V2, "components": [{"type": 12, "items": []}]}, 50035),
    ("select without options", {"content": "x", "components": [row(select(options=[]))]}, 50035),
    ("min above max", {"content": "x", "components": [row(select(min_values=2, max_values=1))]}, 50035),
    ("max above options", {"content": "x", "components": [row(select(max_values=2))]}, 50035),
    (
        "one value twice",
        {"content": "x", "components": [row(select(options=[{"label": "a", "value": "a"}] * 2))]},
        50035,
    ),
    ("eleven embeds", {"embeds": [{"title": "x"}] * 11}, 50035),
    ("embeds of 6001", {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, 50035),
    ("nonce of 26", {"content": "x", "nonce": "n" * 26}, 50035),
    ("parse and users", {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, 50035),
    ("a file that is not there", {"content": "x", "attachments": [{"id": 0, "filename": "a.png"}]}, 50035),
    (
        "an image that is not attached",
        {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}]},
        50035,
    ),
]


@pytest.mark.parametrize(("body", "code"), [each[1:] for each in MESSAGES], ids=[each[0] for each in MESSAGES])
async def test_a_message_that_breaks_a_rule(scene: Scene, rest: Rest, body: Json, code: int) -> None:
    """It is refused, nothing appears, and the check at a test's end fails."""
    answer = await rest("POST", f"/channels/{scene.channel.id}/messages", body)

    assert (answer.status, answer.code) == (400, code)
    assert scene.fake.messages(scene.channel) == []
    with pytest.raises(AssertionError, match="broke Discord's rules"):
        scene.fake.assert_clean()


async def test_eleven_files_are_too_many(scene: Scene, rest: Rest) -> None:
    """A message carries ten files."""
    path = f"/channels/{scene.channel.id}/messages"
    ten = await rest("POST", path, {}, files={f"{n}.png": b"x" for n in range(10)})
    eleven = await rest("POST", path, {}, files={f"{n}.png": b"x" for n in range(11)})

    assert (ten.status, eleven.status, eleven.code) == (200, 400, 50035)


async def test_files_of_one_request_have_a_common_limit(scene: Scene, rest: Rest) -> None:
    """Three files that each fit exceed 25 MiB together: 413."""
    files = {f"{n}.png": b"\0" * (9 * 1024 * 1024) for n in range(3)}
    answer = await rest("POST", f"/channels/{scene.channel.id}/messages", {}, files=files)

    assert (answer.status, answer.code) == (413, 40005)


async def test_a_message_stays_within_components_v2(scene: Scene, rest: Rest) -> None:
    """Text becomes components v2 only when content and embeds go, and never turns back."""
    path = f"/channels/{scene.channel.id}/messages"
    plain = await rest("POST", path, {"content": "x"})
    one = f"{path}/{plain.body['id']}"
    kept = await rest("PATCH", one, {"flags": V2, "components": [text()]})
    cleared = await rest("PATCH", one, {"flags": V2, "content": None, "embeds": [], "components": [text()]})
    back = await rest("PATCH", one, {"flags": 0, "content": "x", "components": []})

    assert [kept.code, cleared.status, back.code] == [50035, 200, 50035]


@pytest.mark.parametrize("body", ["{half", aiohttp.FormData({"strange": "part"})], ids=["json", "form"])
async def test_a_body_that_cannot_be_read(
    scene: Scene, session: aiohttp.ClientSession, body: str | aiohttp.FormData
) -> None:
    """Half a JSON, or a form that lacks what Discord calls its parts, is 50035."""
    path = f"{scene.fake.api_base}/channels/{scene.channel.id}/messages"
    if isinstance(body, aiohttp.FormData):
        body.add_field("files[x]", b"x", filename="x.png")
    async with session.post(path, data=body, headers={"Authorization": f"Bot {scene.fake.token}"}) as response:
        code = (await response.json())["code"]

    assert (response.status, code) == (400, 50035)


async def test_an_unknown_route_is_told(scene: Scene, rest: Rest) -> None:
    """What the fake does not offer is 404 and fails the check, so that no request goes unseen."""
    answer = await rest("GET", "/no/such/route")

    assert answer.status == 404
    assert [each.rule for each in scene.fake.journal.violations] == ["UNKNOWN_ROUTE"]


COMMAND: Json = {"name": "edit", "description": "d", "options": [{"type": 3, "name": "prompt", "description": "d"}]}


def command(**fields: Any) -> Json:
    return {**copy.deepcopy(COMMAND), **fields}


def options(*entries: Json) -> Json:
    return command(options=[{"type": 3, "description": "d", **entry} for entry in entries])


COMMANDS: list[tuple[str, list[Json]]] = [
    ("upper case", [command(name="Edit")]),
    ("blank in the name", [command(name="edit this")]),
    ("name of 33", [command(name="e" * 33)]),
    ("description of 101", [command(description="d" * 101)]),
    ("no description", [command(description="")]),
    ("one name twice", [command(), command()]),
    ("26 options", [options(*({"name": f"o{n}"} for n in range(26)))]),
    ("required after optional", [options({"name": "a"}, {"name": "b", "required": True})]),
    ("one option twice", [options({"name": "a"}, {"name": "a"})]),
    ("26 choices", [options({"name": "a", "choices": [{"name": str(n), "value": str(n)} for n in range(26)]})]),
    ("choice of 101", [options({"name": "a", "choices": [{"name": "n", "value": "v" * 101}]})]),
    ("choices that complete", [options({"name": "a", "autocomplete": True, "choices": [{"name": "n", "value": "v"}]})]),
    (
        "8001 characters in all",
        [
            options(
                *(
                    {"name": f"o{n}", "choices": [{"name": "n" * 100, "value": f"{c:0100}"} for c in range(25)]}
                    for n in range(2)
                )
            )
        ],
    ),
    ("menu with description", [{"type": 3, "name": "Edit this", "description": "d"}]),
    ("16 menus", [{"type": 3, "name": f"menu {n}"} for n in range(16)]),
]


@pytest.mark.parametrize("commands", [each[1] for each in COMMANDS], ids=[each[0] for each in COMMANDS])
async def test_commands_that_break_a_rule(scene: Scene, rest: Rest, commands: list[Json]) -> None:
    """They are refused as a whole, and what was synced before stays."""
    path = f"/applications/{scene.fake.world.application_id}/commands"
    sound = await rest("PUT", path, [command(name="sound")])
    answer = await rest("PUT", path, commands)

    assert (sound.status, answer.status, answer.code) == (200, 400, 50035)
    assert [each["name"] for each in scene.fake.world.commands[0]] == ["sound"]


MODALS: list[tuple[str, Json]] = [
    ("title of 46", {**labelled({"type": 4, "custom_id": "a"}), "title": "t" * 46}),
    ("no title", {**labelled({"type": 4, "custom_id": "a"}), "title": ""}),
    ("custom_id of 101", {**labelled({"type": 4, "custom_id": "a"}), "custom_id": "c" * 101}),
    ("six labels", {**labelled({"type": 4, "custom_id": "a"}), "components": [text() for _ in range(6)]}),
    ("a button in a form", labelled(button())),
    ("a loose button", {"title": "t", "custom_id": "f", "components": [button()]}),
    ("required upload of none", labelled({"type": 19, "custom_id": "a", "min_values": 0})),
    ("radio of eleven", labelled({"type": 21, "custom_id": "a", "options": [{"value": str(n)} for n in range(11)]})),
]


@pytest.mark.parametrize("modal", [each[1] for each in MODALS], ids=[each[0] for each in MODALS])
def test_forms_that_break_a_rule(modal: Json) -> None:
    """Each is found, and a sound form has no problem."""
    sound = labelled({"type": 19, "custom_id": "a", "min_values": 0, "required": False, "file_types": ["image"]})

    assert check_modal(sound) == []
    assert check_modal(modal)


def test_a_sound_layout_has_no_problem() -> None:
    """A container with text, section, gallery, file, separator and rows passes."""
    section = {"type": 9, "components": [text()], "accessory": button(custom_id="a")}
    gallery = {"type": 12, "items": [{"media": {"url": "https://x.y/z.png"}}]}
    container = {"type": 17, "components": [text(), section, gallery, {"type": 14}, row(select())]}

    assert check_components([container, row(button())], v2=True) == []


@pytest.mark.parametrize(
    ("route", "body", "path"),
    [
        ("POST /channels/{channel_id}/messages", {"content": "x", "colour": 1}, "colour"),
        ("PATCH /channels/{channel_id}/messages/{message_id}", {"nonce": "x"}, "nonce"),
        ("POST /webhooks/{webhook_id}/{webhook_token}", {"enforce_nonce": True}, "enforce_nonce"),
        (
            "POST /channels/{channel_id}/messages",
            {"components": [row(button(tooltip="x"))]},
            "components.0.components.0.tooltip",
        ),
        ("PUT /applications/{application_id}/commands", [command(colour=1)], "0.colour"),
        ("PUT /applications/{application_id}/commands", [options({"name": "a", "hint": 1})], "0.options.0.hint"),
        (
            "POST /interactions/{interaction_id}/{interaction_token}/callback",
            {"type": 4, "data": {"nonce": "n"}},
            "data.nonce",
        ),
        (
            "POST /interactions/{interaction_id}/{interaction_token}/callback",
            {"type": 9, "data": labelled({"type": 4, "custom_id": "a", "hint": "x"})},
            "data.components.0.component.hint",
        ),
    ],
)
def test_unknown_fields_are_found(route: str, body: Any, path: str) -> None:
    """A field that Discord would ignore in silence is told by its place."""
    assert [each.path for each in unknown_fields(route, body)] == [path]


async def test_an_unknown_field_is_noted_and_ignored(scene: Scene, rest: Rest) -> None:
    """As Discord does, the fake goes on without the field; the test's check fails all the same."""
    answer = await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x", "colour": 1})

    assert answer.status == 200
    with pytest.raises(AssertionError, match="colour"):
        scene.fake.assert_clean()
