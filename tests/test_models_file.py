"""Catalogues as operators write them: read as the built-in one is, or refused with one sentence for each fault."""

from __future__ import annotations

import json

import pytest

from bot.domain.models import BUILT_IN, CATALOGUE
from bot.models_file import BadEntries, read_entries

GOOD = """
[[models]]
id = "acme/paint"
label = "Acme Paint"
price_usd = "0.05"
images = { field = "image", shape = "one", most = 1 }
parameters = [{ name = "seed", kind = "integer", minimum = 0, maximum = 9 }]
"""

FAULTS = {
    "no TOML": ("models = [", "It is no TOML"),
    "no models": ("", "models: Field required."),
    "unknown key": (GOOD.replace("label =", "size = 1\nlabel ="), "acme/paint: size: Extra inputs are not permitted."),
    "no label": (GOOD.replace('label = "Acme Paint"', ""), "acme/paint: label: Field required."),
    "no id": (GOOD.replace('id = "acme/paint"', ""), "model 1: id: Field required."),
    "an address as id": (GOOD.replace("acme/paint", "https://acme.example/paint"), "id: String should match pattern"),
    "climbing id": (GOOD.replace("acme/paint", "acme/../balance"), "id: String should match pattern"),
    "free": (GOOD.replace("0.05", "0"), "acme/paint: price_usd: Input should be greater than 0."),
    "no price": (GOOD.replace("0.05", "much"), "acme/paint: price_usd: Input should be a valid decimal."),
    "unknown kind": (GOOD.replace('"integer"', '"widget"'), "acme/paint: parameters.0: Input tag 'widget'"),
    "turned range": (GOOD.replace("minimum = 0", "minimum = 10"), "the range of `seed` ends before it begins."),
    "twice": (GOOD + GOOD, "acme/paint stands there twice."),
    "a field of ours": (GOOD.replace('"seed"', '"enable_sync_mode"'), "`enable_sync_mode` stands there twice, or is"),
    "two in one": (GOOD.replace("most = 1", "most = 2"), "acme/paint: images: `least` and `most` do not fit"),
    "no choice": (
        GOOD.replace('kind = "integer", minimum = 0, maximum = 9', 'kind = "choice", choices = ["a"], always = "b"'),
        "acme/paint: parameters.0: `always` is none of the choices.",
    ),
}


def test_the_built_in_catalogue_has_the_form() -> None:
    """What the operator's file is checked by holds for our own."""
    assert read_entries(BUILT_IN.read_text()) == tuple(CATALOGUE)


def test_json_says_the_same() -> None:
    """The same entry in JSON is the same model."""
    entry = {
        "id": "acme/paint",
        "label": "Acme Paint",
        "price_usd": "0.05",
        "images": {"field": "image", "shape": "one", "most": 1},
        "parameters": [{"name": "seed", "kind": "integer", "minimum": 0, "maximum": 9}],
    }

    assert read_entries(json.dumps({"models": [entry]}), is_json=True) == read_entries(GOOD)


@pytest.mark.parametrize(("text", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_sentence(text: str, sentence: str) -> None:
    """It names the model and the key, and says what is wrong."""
    with pytest.raises(BadEntries) as refused:
        read_entries(text)

    assert sentence in str(refused.value)
    assert len(refused.value.faults) == 1
