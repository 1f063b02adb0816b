"""`easel models` and MODELS_FILE, against the simulated provider's list."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.__main__ import EXIT_SETTINGS, main
from bot.demo.provider import SimulatedProvider
from bot.domain.clock import SystemClock
from bot.domain.drift import ListedSchema, drifts, entry_for
from bot.domain.models import CATALOGUE, find_model
from bot.models_file import read_entries
from tests.demo.provider_bench import KEY

NANO = find_model("google/nano-banana-2/edit")
QWEN = find_model("wavespeed-ai/qwen-image-max/edit")
LISTED = ListedSchema(
    NANO.id,
    Decimal("0.08"),
    {
        "properties": {
            "prompt": {"type": "string"},
            "images": {"type": "array", "items": {"type": "string", "maxItems": 14}},
            "aspect_ratio": {"type": "string", "enum": list(getattr(NANO.parameters[0], "choices", ()))},
            "resolution": {"type": "string", "enum": ["1k", "2k", "4k"], "default": "1k"},
            "output_format": {"type": "string", "enum": ["png", "jpeg"], "default": "png"},
        },
        "required": ["prompt", "images"],
    },
)


def changed(**properties: dict[str, Any] | None) -> ListedSchema:
    """The list with other properties; None takes one away."""
    known = {**LISTED.properties, **properties}
    kept = {name: value for name, value in known.items() if value is not None}
    return replace(LISTED, schema={**LISTED.schema, "properties": kept})


@pytest.mark.parametrize(
    ("listed", "drift"),
    [
        (LISTED, ()),
        (None, ("it is not listed",)),
        (replace(LISTED, base_price=Decimal("0.09")), ("it costs $0.09, and not $0.08",)),
        (replace(LISTED, base_price=Decimal("0.07")), ()),
        (replace(LISTED, schema={}), ("its inputs are not listed",)),
        (changed(resolution=None), ("resolution is not declared",)),
        (changed(output_format={"enum": ["jpeg"]}), ("output_format has no png",)),
        (changed(images={"type": "string"}), ("images takes one image",)),
        (changed(images={"type": "array", "maxItems": 3}), ("images takes 3 at most, and not 14",)),
        (replace(LISTED, schema={**LISTED.schema, "required": ["prompt", "style"]}), ("style is required",)),
    ],
)
def test_drift_is_what_we_send_and_they_do_not_take(listed: ListedSchema | None, drift: tuple[str, ...]) -> None:
    """Whatever is sent has to be declared, within its range; what else a list has is nothing to us."""
    assert drifts(NANO, listed) == drift


def test_a_narrower_range_is_drift() -> None:
    """A seed that members may choose and the provider refuses would cost a failed picture."""
    seed: dict[str, Any] = {"minimum": 0, "maximum": 2147483647}
    schema = {"properties": {"prompt": {}, "size": {}, "images": {"type": "array"}, "seed": seed}}

    assert drifts(QWEN, ListedSchema(QWEN.id, None, schema)) == ("seed goes from 0 to 2147483647",)


def test_an_entry_can_be_read_again() -> None:
    """What is printed for a model that is not in the catalogue has the form of MODELS_FILE."""
    (model,) = read_entries(entry_for(LISTED))

    assert (model.id, model.image_field, model.max_references) == (NANO.id, "images", 14)
    assert model.parameters == (replace_always(NANO.parameters[0]), *NANO.parameters[1:])


def replace_always(parameter: Any) -> Any:
    """A choice whose default is not listed is not always sent."""
    return replace(parameter, always=None)


@dataclass(frozen=True, slots=True)
class ModelsVerb:
    """The command line with the simulated provider's address."""

    capsys: pytest.CaptureFixture[str]

    async def run(self, *argv: str) -> tuple[int, str]:
        """The verb's exit code, and what it printed."""
        code = await asyncio.to_thread(main, ["models", *argv])
        said = self.capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def _catalogue() -> Generator[None]:
    """The verb fills the catalogue and sets up the log of a whole process; both are put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    CATALOGUE.extend(())
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def provider() -> SimulatedProvider:
    """Served while there is a terminal."""
    return SimulatedProvider(SystemClock(), api_key=KEY)


@pytest.fixture
async def terminal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    provider: SimulatedProvider,
    _catalogue: None,
) -> AsyncGenerator[ModelsVerb]:
    """A folder of its own, so that no `.env` of somebody's is read."""
    monkeypatch.chdir(tmp_path)
    async with provider.serve() as base_url:
        monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
        monkeypatch.setenv("WAVESPEED_BASE_URL", base_url)
        yield ModelsVerb(capsys)


async def test_the_catalogue_beside_the_list(terminal: ModelsVerb) -> None:
    """Every model stands there with its source, and nothing drifts at the simulated provider."""
    code, said = await terminal.run()

    assert (code, said.count("read from"), "drift" in said) == (0, len(CATALOGUE), False)
    assert "google/nano-banana-2/edit: Nano Banana 2, $0.08 (listed $0.08)" in said


async def test_a_model_of_the_operators_joins(
    terminal: ModelsVerb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It stands in the catalogue from the start, and drift says that the provider lists no such model."""
    (tmp_path / "models.toml").write_text('[[models]]\nid = "acme/paint"\nlabel = "Acme Paint"\nprice_usd = "0.05"\n')
    monkeypatch.setenv("MODELS_FILE", "models.toml")
    code, said = await terminal.run()

    assert code == 1
    assert "acme/paint: Acme Paint, $0.05 (listed $0.00)\n  read from MODELS_FILE\n  drift: it is not listed" in said
    assert await terminal.run("nobody/else") == (1, "nobody/else: it is not listed\n")


async def test_what_drifted_is_confirmed(
    terminal: ModelsVerb, provider: SimulatedProvider, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The line that is named under a drift takes it as it is; then nothing of it is said any more."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'easel.db'}")
    provider.set_price(NANO.id, 95_000)
    before, drifted = await terminal.run()
    named = await terminal.run("--confirm", NANO.id)
    await asyncio.to_thread(main, ["migrate"])
    terminal.capsys.readouterr()
    confirmed = await terminal.run("--confirm", NANO.id)
    after, said = await terminal.run()

    assert "  drift: it costs $0.095, and not $0.08\n" in drifted
    assert f"once you have looked: easel models --confirm {NANO.id}\n" in drifted
    assert (before, after) == (1, 0)
    assert (named[0], "There is no database" in named[1]) == (1, True)
    assert confirmed == (0, f"{NANO.id}: confirmed at $0.095. Members can use it.\n")
    assert "drift" not in said
    assert "  confirmed by you at $0.095\n" in said


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [((), "Name the models that you have looked at: easel models --confirm ID."), (("nobody/else",), "nobody/else")],
)
async def test_confirming_needs_known_models(terminal: ModelsVerb, ids: tuple[str, ...], sentence: str) -> None:
    """Nothing is confirmed by leaving something out."""
    code, said = await terminal.run("--confirm", *ids)

    assert (code, sentence in said) == (1, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "MODELS_FILE cannot be used. models.toml cannot be read: No such file or directory."),
        ('[[models]]\nid = "acme/paint"\nlabel = "A"\n', "acme/paint: price_usd: Field required."),
    ],
)
async def test_a_bad_file_ends_the_start(
    terminal: ModelsVerb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None, sentence: str
) -> None:
    """With one clear sentence, and no model is changed."""
    if text is not None:
        (tmp_path / "models.toml").write_text(text)
    monkeypatch.setenv("MODELS_FILE", "models.toml")
    code, said = await terminal.run()

    assert (code, sentence in said) == (EXIT_SETTINGS, True)
