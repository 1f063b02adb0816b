"""Expected refusals: each carries the words that a member reads and the facts in them, unformatted."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from bot import texts
from bot.texts.templates import Counted, Refusal, listed

Fact: TypeAlias = str | int | float | tuple[str, ...]
"""What a refusal names; several words are put in a row when they are said."""


class EaselError(Exception):
    """An expected failure whose words are for the person who asked; anything else is a bug.

    A subclass is a kind that somebody catches or shows otherwise. What is said of it stands in `bot/texts`.

    Attributes:
        words: what is said, as templates.
        facts: what fills them in.
    """

    def __init__(self, words: Refusal, /, **facts: Fact) -> None:
        super().__init__(words)
        self.words = words
        self.facts = facts

    @property
    def title(self) -> str:
        """The message's heading."""
        return self._said(self.words.title)

    @property
    def sentence(self) -> str:
        """What happened, in the member's words."""
        return self._said(self.words.sentence)

    @property
    def advice(self) -> str:
        """What they can do now; may be empty."""
        return self._said(self.words.advice)

    @property
    def money(self) -> str:
        """What happened to their money; empty where none could be meant."""
        return self._said(self.words.money)

    def __str__(self) -> str:
        return self.sentence

    def _said(self, template: str | Counted) -> str:
        facts: dict[str, Any] = {
            name: listed(fact) if isinstance(fact, tuple) else fact for name, fact in self.facts.items()
        }
        return template.format(**facts)


class OperatorError(EaselError):
    """An expected failure that whoever runs the bot reads, at the command line or in the log: whole sentences."""

    def __init__(self, sentence: str, *, advice: str = "") -> None:
        super().__init__(texts.errors.FOR_OPERATORS, sentence=sentence, advice=advice)


# Amounts ------------------------------------------------------------------------------------------------------------


class BadAmount(EaselError):
    """An amount or limit that cannot be read."""

    def __init__(self, words: Refusal, /, *, typed: str) -> None:
        super().__init__(words, typed=typed[:40] or texts.requests.NOTHING)


# What a member asked for ----------------------------------------------------------------------------------------------


class BadRequest(EaselError):
    """An order that cannot be run as it stands."""


class BadPrompt(BadRequest):
    """An empty or endless prompt."""


class BadParameter(BadRequest):
    """A setting out of range, or one that the model does not have."""

    def __init__(self, words: Refusal, /, *, name: str, given: object, **facts: Fact) -> None:
        super().__init__(words, name=name.replace("_", " "), given=str(given)[:40], **facts)


class SeveralFaults(BadRequest):
    """Everything that is wrong with what was typed, told at once."""

    def __init__(self, faults: Sequence[EaselError]) -> None:
        super().__init__(texts.requests.SEVERAL_FAULTS)
        self.faults = tuple(faults)

    @property
    def lines(self) -> tuple[str, ...]:
        """What happened, each once."""
        return tuple(dict.fromkeys(fault.sentence for fault in self.faults))

    @property
    def title(self) -> str:
        """Their heading where they share one."""
        titles = {fault.title for fault in self.faults}
        return titles.pop() if len(titles) == 1 else super().title

    @property
    def sentence(self) -> str:
        """All of them, sentence by sentence."""
        return " ".join(self.lines)

    @property
    def advice(self) -> str:
        """What helps with each."""
        return " ".join(dict.fromkeys(fault.advice for fault in self.faults if fault.advice))


class Faults:
    """Collects what is wrong, so that whoever typed it reads all of it."""

    def __init__(self) -> None:
        self._found: list[EaselError] = []

    @contextmanager
    def noted(self) -> Generator[None]:
        """Note an expected failure of the block, and go on behind it."""
        try:
            yield
        except SeveralFaults as several:
            self._found += several.faults
        except EaselError as fault:
            self._found.append(fault)

    def tell(self) -> None:
        """Raise what was noted: one fault as it is, several as one.

        Raises:
            EaselError: there were some.
        """
        if len(self._found) > 1:
            raise SeveralFaults(self._found)
        if self._found:
            raise self._found[0]


class UnknownModel(BadRequest):
    """A model that Easel does not offer."""

    def __init__(self, model_id: str) -> None:
        super().__init__(texts.requests.UNKNOWN_MODEL, model=model_id[:60] or texts.requests.NOTHING)


class NotOffered(EaselError):
    """A model that this server's moderators do not offer."""

    def __init__(self, label: str) -> None:
        super().__init__(texts.requests.NOT_OFFERED, model=label)


class WrongReferenceCount(BadRequest):
    """Too few or too many images for the command or the model."""


class BadImage(BadRequest):
    """An attachment that is no picture Easel can use."""

    def __init__(self, words: Refusal, /, *, filename: str, **facts: Fact) -> None:
        super().__init__(words, filename=clip_filename(filename), **facts)
        self.filename = filename


class AttachmentGone(BadImage):
    """An attachment that Discord no longer serves."""

    def __init__(self, filename: str) -> None:
        super().__init__(texts.images.GONE, filename=filename)


# Money and rights -----------------------------------------------------------------------------------------------------


class NotAllowed(EaselError):
    """Someone who may not do this, in their own words: what is needed."""


class Frozen(EaselError):
    """A member, a server or the whole bot may not spend at the moment."""


class MemberFrozen(Frozen):
    """A member whose budget moderators have frozen; `reason` may be empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(texts.freezes.MEMBER_BECAUSE if reason else texts.freezes.MEMBER, reason=reason)
        self.reason = reason


class ServerPaused(Frozen):
    """A server that its moderators have paused; `reason` may be empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(texts.freezes.SERVER_BECAUSE if reason else texts.freezes.SERVER, reason=reason)
        self.reason = reason


class PriceRose(EaselError):
    """A request that costs more than what its member read before they sent it; prices are those of one picture."""

    def __init__(self, shown: str, now: str) -> None:
        super().__init__(texts.money.PRICE_ROSE, shown=shown, now=now)


class NotSold(EaselError):
    """A model whose price is not known right now."""


class ModelPaused(NotSold):
    """A model that changed at the provider, or costs more there, and that the operator has not looked at since."""

    def __init__(self, label: str) -> None:
        super().__init__(texts.money.MODEL_PAUSED, model=label)


class CannotPostHere(EaselError):
    """A channel in which the bot lacks what it needs to show the picture."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(texts.errors.CANNOT_POST, missing=missing)
        self.missing = missing


class Unavailable(EaselError):
    """Easel itself cannot take jobs at the moment: draining, disk full, frozen because the ledger does not add up."""


# Jobs -----------------------------------------------------------------------------------------------------------------


class NoSuchJob(EaselError):
    """A job id that means nothing here."""

    def __init__(self, job_id: str) -> None:
        super().__init__(texts.jobs.NO_SUCH_JOB, job_id=job_id[:20])


class TooLateToCancel(EaselError):
    """A cancel that comes after everything was sent or ended."""

    def __init__(self) -> None:
        super().__init__(texts.jobs.TOO_LATE)


def clip_filename(filename: str) -> str:
    """Shorten a file name to the 40 characters that a message shows, keeping its ending."""
    return filename if len(filename) <= 40 else f"{filename[:28]}\u2026{filename[-11:]}"  # noqa: PLR2004 - 28 + 1 + 11 = 40
