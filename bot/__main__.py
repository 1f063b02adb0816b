"""The command line, and the only place that reads the settings: `easel VERB`, or `python -m bot VERB`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import structlog

from bot.cli import backup, migrate, move, pause, run
from bot.db.url import password_of
from bot.domain.errors import EaselError
from bot.domain.models import CATALOGUE
from bot.domain.periods import PERIOD_WORDS
from bot.instance import EXIT_ALREADY_RUNNING, AlreadyRunning
from bot.log import configure_logging
from bot.models_file import BadEntries, load_models
from bot.setting_faults import SettingsError
from bot.settings import REQUIRED_TO_RUN, Settings

EXIT_FAILED = 1
EXIT_SETTINGS = 2
_MOST_DAYS = 365

log = structlog.get_logger("bot")

Parser: TypeAlias = argparse.ArgumentParser
Add: TypeAlias = Callable[..., argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code: 0 well, 1 not, 2 settings or usage, 75 another one runs already."""
    args = _parser().parse_args(argv)
    try:
        return args.verb(args)
    except SettingsError as error:
        return _say(error.sentence, EXIT_SETTINGS)
    except AlreadyRunning as error:
        return _say(error.sentence, EXIT_ALREADY_RUNNING)
    except EaselError as error:
        return _say(f"{error.sentence} {error.advice}".rstrip(), EXIT_FAILED)
    except Exception:
        # Through the log, because Python's own report of a crash would not take the secrets out.
        log.exception("process.crashed")
        return EXIT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="easel",
        description="A Discord bot with which a community makes pictures together, within its budget.",
        epilog="example: easel demo (no token, no key, no money), then easel setup, then easel run\n"
        "easel VERB --help says more about one, with an example",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True).add_parser
    _add(verbs, _run, "run", "run the bot (applies migrations)", "easel run")
    demo = _add(
        verbs, _demo, "demo", "run the bot on a Discord page in your browser: no token, no key, no money", "easel demo"
    )
    demo.add_argument("--tour", action="store_true", help="let it drive itself, print what happened, and exit")
    demo.add_argument("--pictures", default="easel-tour", metavar="FOLDER", help="where the tour saves its pictures")
    _add_setup(verbs)
    look = _add(verbs, _check, "check", "look at everything a start depends on", "easel check --paid")
    look.add_argument("--paid", action="store_true", help="then make one real edit; asks first, with its price")
    look.add_argument("--yes", action="store_true", help="with --paid: agree to the price beforehand")
    copy = _add(
        verbs,
        _backup,
        "backup",
        "copy the database while the bot runs, and check the copy",
        "easel backup copies/monday.db",
    )
    copy.add_argument("file", type=Path, metavar="FILE", help="a new file")
    compare = _add(
        verbs, _reconcile, "reconcile", "compare the ledger with the provider's bill", "easel reconcile --days 30"
    )
    compare.add_argument("--days", type=_days, default=7, metavar="N", help="how far back, 1 to 365 (7)")
    _add_models(verbs)
    _add(verbs, _migrate, "migrate", "upgrade the database without starting the bot", "easel migrate")
    other = _add(
        verbs,
        _move,
        "move",
        "copy the SQLite database of a stopped bot to PostgreSQL, and compare",
        "easel move postgresql://easel@localhost/easel",
    )
    other.add_argument("url", metavar="URL", help="postgresql://user@host/database, an empty one (PGPASSWORD works)")
    stop = _add(
        verbs,
        _pause,
        "pause",
        "let nobody spend, while the bot runs; running jobs finish",
        "easel pause The account is being topped up",
    )
    stop.add_argument("reason", nargs="*", metavar="REASON", help="why, as members read it")
    _add(
        verbs,
        _resume,
        "resume",
        "lift a pause, and the freeze that follows when the ledger does not add up",
        "easel resume",
    )
    return parser


def _add(add: Add, act: Callable[[argparse.Namespace], int], name: str, does: str, example: str) -> Parser:
    """A verb with its sentence in the list, and the same with an example in its own help."""
    parser = add(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(verb=act)
    return parser


def _add_models(add: Add) -> None:
    parser = _add(
        add,
        _models,
        "models",
        "compare the image models with the provider's list; print an entry for one that is not in MODELS_FILE",
        "easel models wavespeed-ai/flux-2-pro/edit",
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these; nothing: the whole catalogue")
    parser.add_argument(
        "--confirm", action="store_true", help="take these as the provider has them now, and let members use them again"
    )


def _add_setup(add: Add) -> None:
    parser = _add(
        add,
        _setup,
        "setup",
        "ask for the two secrets and the limits, try them, and write .env",
        "easel setup --member-limit 2.50 --server-limit 40 --period month",
    )
    parser.description = (
        "Asks for Discord's token and WaveSpeed's key (what you type is not shown), tries each, asks for the limits,\n"
        "and changes those lines of .env. Without a terminal the secrets come from the environment, as DISCORD_TOKEN\n"
        "and WAVESPEED_API_KEY, and limits from the options; no option takes a secret, because others could read it."
    )
    parser.add_argument("--member-limit", metavar="USD", help="what each member may spend per period, or none")
    parser.add_argument("--server-limit", metavar="USD", help="what a whole server may spend per period, or none")
    parser.add_argument("--period", metavar="WORD", help=f"the period of both: {PERIOD_WORDS}")


def _run(_args: argparse.Namespace) -> int:
    settings = _settings(required=REQUIRED_TO_RUN)
    # matplotlib wants a folder to write in, and cannot be imported where neither home nor /tmp is one.
    os.environ.setdefault("MPLCONFIGDIR", str(settings.data_dir.absolute() / "matplotlib"))
    return run.run(settings)


def _demo(args: argparse.Namespace) -> int:
    # The demo's Discord is an extra that a server does not install.
    configure_logging("WARNING")
    try:
        demo = importlib.import_module("bot.demo.main")
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == "simcord":
            return _say('The demo needs one more package: pip install "simcord[preview]>=3.2.1,<3.3".', EXIT_FAILED)
        raise
    return int(demo.main(args))


def _setup(args: argparse.Namespace) -> int:
    setup = importlib.import_module("bot.cli.setup")
    limits = {
        "DEFAULT_MEMBER_LIMIT_USD": args.member_limit,
        "DEFAULT_SERVER_LIMIT_USD": args.server_limit,
        "DEFAULT_LIMIT_PERIOD": args.period,
    }
    return int(setup.setup({name: text for name, text in limits.items() if text is not None}))


def _check(args: argparse.Namespace) -> int:
    if args.yes and not args.paid:
        return _say("--yes agrees to the price of check --paid, and means nothing without it.", EXIT_SETTINGS)
    if args.paid and not args.yes and not sys.stdin.isatty():
        return _say("check --paid spends money and asks first; without a terminal, agree with --yes.", EXIT_SETTINGS)
    # Imported late: it takes Discord's library along, without which `run` sees much sooner that a bot runs already.
    check = importlib.import_module("bot.cli.check")
    try:
        settings = _settings()
    except SettingsError as error:
        return int(check.refuse(error))
    # The report says what failed; a line for each try before that would drown it.
    configure_logging("ERROR", settings.log_format, secrets=settings.secrets())
    if not args.paid:
        return int(check.check(settings))
    return int(importlib.import_module("bot.cli.paid").check_paid(settings, agreed=args.yes))


def _backup(args: argparse.Namespace) -> int:
    return backup.backup(_settings(), args.file)


def _migrate(_args: argparse.Namespace) -> int:
    return migrate.migrate(_settings())


def _move(args: argparse.Namespace) -> int:
    settings = _settings()
    secrets = (*settings.secrets(), *filter(None, (password_of(args.url),)))
    configure_logging(settings.log_level, settings.log_format, secrets=secrets)
    return move.move(settings, args.url)


def _pause(args: argparse.Namespace) -> int:
    return pause.pause(_settings(), " ".join(args.reason))


def _resume(_args: argparse.Namespace) -> int:
    return pause.resume(_settings())


def _reconcile(args: argparse.Namespace) -> int:
    reconcile = importlib.import_module("bot.cli.reconcile")
    return int(reconcile.reconcile(_settings(required=("WAVESPEED_API_KEY",)), args.days))


def _models(args: argparse.Namespace) -> int:
    models = importlib.import_module("bot.cli.models")
    act = models.confirm if args.confirm else models.models
    return int(act(_settings(required=("WAVESPEED_API_KEY",)), args.ids))


def _days(typed: str) -> int:
    """Read a number of days; argparse turns the error into a usage message."""
    days = int(typed)
    if not 1 <= days <= _MOST_DAYS:
        message = f"should be from 1 to {_MOST_DAYS}"
        raise argparse.ArgumentTypeError(message)
    return days


def _settings(required: Sequence[str] = ()) -> Settings:
    configure_logging()
    settings = Settings.load(required=required)
    configure_logging(settings.log_level, settings.log_format, secrets=settings.secrets())
    _offer(settings)
    return settings


def _offer(settings: Settings) -> None:
    """Put the operator's own models into the catalogue, before anything reads it. Raises SettingsError."""
    if settings.models_file is None:
        return
    try:
        CATALOGUE.extend(load_models(settings.models_file))
    except BadEntries as error:
        raise SettingsError(f"MODELS_FILE cannot be used. {error}") from error


def _say(sentence: str, code: int) -> int:
    print(f"easel: {sentence}", file=sys.stderr)  # noqa: T201 - for the person at the terminal
    return code


if __name__ == "__main__":
    sys.exit(main())
