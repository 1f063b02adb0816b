"""Expected refusals: each carries the sentence that a member reads, what happened to their money, and what to do."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager


class EaselError(Exception):
    """An expected failure whose words are for the person who asked; anything else is a bug.

    Attributes:
        title: the message's heading.
        sentence: what happened, in the member's words.
        advice: what they can do now; may be empty.
        money: what happened to their money.
    """

    title = "That did not work"
    advice = ""
    money = "Nothing was spent."

    def __init__(self, sentence: str, *, advice: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if advice is not None:
            self.advice = advice


# Amounts ------------------------------------------------------------------------------------------------------------


class BadAmount(EaselError):
    """An amount or limit that cannot be read."""

    title = "I can't use that amount"
    advice = "Write it like 5, 5.00 or $0.50; for a limit, none removes it and 0 stops all spending."

    def __init__(self, typed: str, why: str) -> None:
        super().__init__(f"{why} You wrote: {typed[:40] or 'nothing'}.")
        self.typed = typed


# What a member asked for ----------------------------------------------------------------------------------------------


class BadRequest(EaselError):
    """An order that cannot be run as it stands."""

    title = "I can't run that yet"


class BadPrompt(BadRequest):
    """An empty or endless prompt."""

    advice = "Say in a sentence or two what to change or make, up to 2,000 characters."


class BadParameter(BadRequest):
    """A setting out of range, or one that the model does not have."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        shown = name.replace("_", " ")
        super().__init__(f"The {shown} should be {expected}; you gave {str(value)[:40]}.")
        self.name = name


class SeveralFaults(BadRequest):
    """Everything that is wrong with what was typed, told at once."""

    def __init__(self, faults: Sequence[EaselError]) -> None:
        self.lines = tuple(dict.fromkeys(fault.sentence for fault in faults))
        advice = " ".join(dict.fromkeys(fault.advice for fault in faults if fault.advice))
        super().__init__(" ".join(self.lines), advice=advice)
        self.faults = tuple(faults)
        self.title = faults[0].title if len({fault.title for fault in faults}) == 1 else self.title


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

    advice = "Choose one of the models that the model option suggests."

    def __init__(self, model_id: str) -> None:
        super().__init__(f"I don't have a model called {model_id[:60] or 'nothing'}.")
        self.model_id = model_id


class NotOffered(EaselError):
    """A model that this server's moderators do not offer."""

    title = "That model is not offered here"
    advice = "Choose one that the model option suggests; moderators choose them with /manage settings."

    def __init__(self, label: str) -> None:
        super().__init__(f"This server does not offer {label}.")


class WrongReferenceCount(BadRequest):
    """Too few or too many images for the command or the model."""


class BadImage(BadRequest):
    """An attachment that is no picture Easel can use."""

    title = "I can't use that image"
    advice = "Attach a PNG, JPEG, WebP or GIF of at most 20 MB and 40 megapixels; a JPEG may have 256."

    def __init__(self, filename: str, why: str, *, advice: str | None = None) -> None:
        super().__init__(f"{clip_filename(filename)}: {why}", advice=advice)
        self.filename = filename


class AttachmentGone(BadImage):
    """An attachment that Discord no longer serves."""

    advice = "Attach it again and send the command once more."

    def __init__(self, filename: str) -> None:
        super().__init__(filename, "Discord no longer has this file.", advice=self.advice)


# Money and rights -----------------------------------------------------------------------------------------------------


class NotAllowed(EaselError):
    """Someone who may not do this, in their own words: what is needed."""

    title = "You can't do that"


class Frozen(EaselError):
    """A member, a server or the whole bot may not spend at the moment."""

    title = "No new pictures for now"


class MemberFrozen(Frozen):
    """A member whose budget moderators have frozen."""

    advice = "Please talk to them."


class ServerPaused(Frozen):
    """A server that its moderators have paused."""


class PriceRose(EaselError):
    """A request that costs more than what its member read before they sent it; prices are those of one picture."""

    title = "The price went up"
    advice = "Have a look at the new price first."

    def __init__(self, shown: str, now: str) -> None:
        super().__init__(f"A picture costs {now} now, and not {shown} any more.")


class NotSold(EaselError):
    """A model whose price is not known right now."""

    title = "That model is not available right now"
    advice = "Try another model, or ask again in a few minutes."


class ModelPaused(NotSold):
    """A model that changed at the provider, or costs more there, and that the operator has not looked at since."""

    title = "That model is paused"
    advice = "Choose another model for now."

    def __init__(self, label: str) -> None:
        super().__init__(
            f"{label} has changed at the image provider, or costs more than before: "
            "whoever runs this bot has to look at it first, and has been told."
        )


class CannotPostHere(EaselError):
    """A channel in which the bot lacks what it needs to show the picture."""

    title = "I can't post pictures in this channel"

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"I am missing {_and(missing)} here.",
            advice="Ask a moderator to allow that for my role in this channel, or use another channel.",
        )
        self.missing = missing


class Unavailable(EaselError):
    """Easel itself cannot take jobs at the moment: draining, disk full, frozen because the ledger does not add up."""

    title = "I can't take new jobs right now"
    advice = "Please send the command again in a few minutes."


# Jobs -----------------------------------------------------------------------------------------------------------------


class NoSuchJob(EaselError):
    """A job id that means nothing here."""

    title = "I don't know that job"
    advice = "Pick one from the list that appears while you type, or look at /jobs list."
    money = ""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no job {job_id[:20]} in this server.")


class TooLateToCancel(EaselError):
    """A cancel that comes after everything was sent or ended."""

    title = "It is too late to cancel"
    money = "The price stays as shown on the job."


def clip_filename(filename: str) -> str:
    """Shorten a file name to the 40 characters that a message shows, keeping its ending."""
    return filename if len(filename) <= 40 else f"{filename[:28]}\u2026{filename[-11:]}"  # noqa: PLR2004 - 28 + 1 + 11 = 40


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
