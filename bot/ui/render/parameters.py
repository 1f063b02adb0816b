"""Parameters in the small print: what was chosen, and what the model makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot import texts
from bot.domain.image_models import ImageModel
from bot.domain.parameters import SEED, ParameterValue


def shown_parameters(model: ImageModel, chosen: Mapping[str, ParameterValue]) -> Iterator[str]:
    """Each parameter that was chosen, in a few words and in the order of the forms, with what became of it.

    What a model lacks is not sent to it, and what it has only nearly is sent as the nearest that it has.
    """
    for name, text in texts.parameters.PARAMETERS.items():
        if name not in chosen:
            continue
        sent = model.sent_for(name, chosen[name])
        if sent is None:
            yield texts.parameters.LACKING.format(name=text.label.lower())
        else:
            said = text.shown.format(value=chosen[name])
            yield (
                said
                if sent == chosen[name]
                else texts.parameters.SENT_AS.format(chosen=said, sent=str(sent).replace("*", "\u00d7"))
            )


def shown_seed(seed: int) -> str:
    """One picture's seed in the small print."""
    return texts.parameters.PARAMETERS[SEED.name].shown.format(value=seed)
