"""What an operator may write, and the one sentence that answers what they may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.domain.periods import Period
from bot.domain.shards import Shards
from bot.setting_faults import SettingsError
from bot.settings import REQUIRED_TO_RUN, Settings, setting_names

ROOT = Path(__file__).parents[1]
CANARY = "canary-secret-value"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def refusal(env_file: Path, *, required: tuple[str, ...] = (), secrets_dir: Path = Path("nowhere")) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.load(required=required, env_file=env_file, secrets_dir=secrets_dir)
    return caught.value.sentence


def test_the_highest_tier(env_file: Path) -> None:
    """As many at once as the provider's highest tier allows can be set, and no more."""
    env_file.write_text("WAVESPEED_MAX_CONCURRENT=10000\n")
    assert Settings.load(env_file=env_file).wavespeed_max_concurrent == 10_000

    env_file.write_text("WAVESPEED_MAX_CONCURRENT=10001\n")
    assert refusal(env_file) == "WAVESPEED_MAX_CONCURRENT should be a whole number from 1 to 10000."


class TestWhatIsRead:
    """Settings come from the environment, `.env` or secret files, and arrive as what the program works with."""

    def test_defaults(self, env_file: Path) -> None:
        """With nothing set, the defaults allow a dollar per member and ten per server a month, and no bot limit."""
        settings = Settings.load(env_file=env_file)

        assert settings.default_member_limit_micros == 1_000_000
        assert settings.default_server_limit_micros == 10_000_000
        assert settings.default_limit_period is Period.MONTH
        assert settings.bot_limit_micros is None
        assert settings.health_port is None
        assert settings.database_path == Path("data/easel.db")

    def test_env_file(self, env_file: Path) -> None:
        """Every kind of value is read from `.env`; an empty one means the default."""
        env_file.write_text(
            "DISCORD_TOKEN=abc\nOPERATOR_IDS=1, 22,\nCDN_HOSTS=127.0.0.1:8080,Files.Example\nHEALTH_PORT=\n"
            "BOT_LIMIT_USD=$12.50\nBOT_LIMIT_PERIOD=Week\nDATABASE_URL=sqlite:////data/easel.db\nLOG_LEVEL=debug\n"
        )
        settings = Settings.load(env_file=env_file)

        assert settings.bot_token() == "abc"
        assert settings.operator_ids == {1, 22}
        assert settings.cdn_hosts == ("127.0.0.1:8080", "files.example")
        assert settings.health_port is None
        assert settings.bot_limit_micros == 12_500_000
        assert settings.bot_limit_period is Period.WEEK
        assert settings.database_path == Path("/data/easel.db")
        assert settings.log_level == "DEBUG"

    def test_environment_wins(self, env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A process variable overrides the file."""
        env_file.write_text("RETENTION_DAYS=7\n")
        monkeypatch.setenv("RETENTION_DAYS", "9")

        assert Settings.load(env_file=env_file).retention_days == 9

    def test_secret_files(self, env_file: Path, tmp_path: Path) -> None:
        """A secret may be a file that is named like the setting, as container runtimes mount it."""
        (tmp_path / "discord_token").write_text("from-a-file\n")

        assert Settings.load(env_file=env_file, secrets_dir=tmp_path).bot_token() == "from-a-file"

    def test_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Given settings take nothing from the machine."""
        monkeypatch.setenv("RETENTION_DAYS", "9")

        assert Settings.given(poll_max_seconds=2).retention_days == 30

    def test_frozen(self) -> None:
        """Settings never change while the program runs."""
        with pytest.raises(ValidationError):
            Settings.given().retention_days = 1

    def test_secrets_do_not_print(self) -> None:
        """A printed Settings object shows no secret."""
        assert CANARY not in repr(Settings.given(discord_token=CANARY, wavespeed_api_key=CANARY))


WRONG = {
    "DISCORD_TOKEN": f"'{CANARY} x'",
    "DISCORD_API_BASE": "discord.com",
    "DISCORD_GATEWAY": "https://gateway",
    "WAVESPEED_BASE_URL": f"https://u:{CANARY}@api",
    "DATABASE_URL": f"mysql://u:{CANARY}@h/x",
    "DEFAULT_MEMBER_LIMIT_USD": "-1",
    "DEFAULT_SERVER_LIMIT_USD": "1,000",
    "BOT_LIMIT_USD": "lots",
    "DEFAULT_LIMIT_PERIOD": "year",
    "OPERATOR_IDS": f"1,{CANARY}",
    "WAVESPEED_MAX_CONCURRENT": "0",
    "WAVESPEED_MAX_PER_MINUTE": "1.5",
    "WAVESPEED_SUBMIT_PARALLELISM": "-1",
    "SUBMIT_GRACE_SECONDS": "0",
    "POLL_MAX_SECONDS": "inf",
    "JOB_DEADLINE_SECONDS": "nan",
    "CDN_HOSTS": "https://files.example",
    "HEALTH_PORT": "70000",
    "HEALTH_HOST": "all of them",
    "RETENTION_DAYS": "0",
    "LOG_LEVEL": "LOUD",
    "LOG_FORMAT": "xml",
}


class TestWhatIsRefused:
    """Whatever is wrong ends in one sentence that names the setting and shows no value."""

    @pytest.mark.parametrize(("name", "value"), WRONG.items(), ids=WRONG)
    def test_wrong_value(self, env_file: Path, name: str, value: str) -> None:
        """A wrong value is answered with what would be right."""
        env_file.write_text(f'{name}="{value}"\n')
        sentence = refusal(env_file)

        assert sentence.startswith(f"{name} should be ")
        assert re.fullmatch(r"[^\n]+\.", sentence)
        assert CANARY not in sentence

    @pytest.mark.parametrize("name", REQUIRED_TO_RUN)
    def test_missing(self, env_file: Path, name: str) -> None:
        """A missing secret is named, and where to put it."""
        env_file.write_text("".join(f"{other}=x\n" for other in REQUIRED_TO_RUN if other != name))

        assert f"{name} is missing: set it in .env or in the environment (.env.example says how)." == refusal(
            env_file, required=REQUIRED_TO_RUN
        )

    def test_misspelt_in_file(self, env_file: Path) -> None:
        """An unknown name in `.env` is refused, with the name that was perhaps meant."""
        env_file.write_text(f"DISCORD_TOKN={CANARY}\n")

        assert refusal(env_file) == "DISCORD_TOKN in .env is not a setting of Easel; perhaps you meant DISCORD_TOKEN."

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("DISCORD_TOKN", "DISCORD_TOKEN"),
            ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
            ("WAVESPEED_KEY", "WAVESPEED_API_KEY"),
            ("RETENTION_DAY", "RETENTION_DAYS"),
        ],
    )
    def test_misspelt_in_environment(
        self, env_file: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str
    ) -> None:
        """A process variable that looks like one of ours, and begins like one of WaveSpeed's, is refused too."""
        monkeypatch.setenv(name, CANARY)
        sentence = refusal(env_file)

        assert f"{name} in the environment is not a setting of Easel; perhaps you meant {meant}." == sentence

    def test_other_programs(self, env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another program's variables do not matter, nor one that resembles a setting that is there as well."""
        for name in ("DISCORD_OPENAPI", "PATH", "LANG", "DATABASE_PORT", "DISCORD_BOT_TOKEN", "DISCORD_TOKEN"):
            monkeypatch.setenv(name, "x")

        assert Settings.load(env_file=env_file).bot_token() == "x"

    def test_line_without_name(self, env_file: Path) -> None:
        """A token pasted as a name is not repeated."""
        env_file.write_text(f"MTk4NjIyNDgz.{CANARY}.x=1\n")

        assert refusal(env_file) == ".env has a line whose name is not one: write NAME=value."

    def test_unreadable_file(self, env_file: Path) -> None:
        """A file that is no text is refused by its name."""
        env_file.write_bytes(b"\xff\xfe\x00")

        assert refusal(env_file).endswith(".env cannot be read as text (UnicodeDecodeError).")

    def test_polls_slow_down(self, env_file: Path) -> None:
        """The first wait between polls cannot be longer than the longest."""
        env_file.write_text("POLL_INITIAL_SECONDS=9\n")

        assert refusal(env_file) == "POLL_INITIAL_SECONDS should not be larger than POLL_MAX_SECONDS."

    @pytest.mark.parametrize("line", ["WEBHOOK_URL=https://easel.example/calls", "WEBHOOK_PORT=8090"])
    def test_webhooks_are_whole(self, env_file: Path, line: str) -> None:
        """An address that leads to no port, or a port without one, is a mistake."""
        env_file.write_text(line + "\n")

        assert refusal(env_file) == "WEBHOOK_URL and WEBHOOK_PORT belong together: set both, or neither."

    @pytest.mark.parametrize("url", ["http://easel.example", "easel.example", "https://easel.example/?a=b", "ftp://x"])
    def test_webhooks_come_encrypted(self, env_file: Path, url: str) -> None:
        """The address holds secrets on its way through the net: it is https."""
        env_file.write_text(f"WEBHOOK_URL={url}\nWEBHOOK_PORT=8090\n")

        assert refusal(env_file).startswith("WEBHOOK_URL should be the https address that leads to this bot")


class TestShards:
    """How the bot is divided over processes is refused where it could not be meant."""

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("SHARD_IDS=0\n", "SHARD_IDS needs SHARD_COUNT: how many shards there are in all."),
            ("SHARD_COUNT=0\n", "SHARD_COUNT should be a whole number from 1 to 100000, or left out."),
            (
                "SHARD_COUNT=2\nSHARD_IDS=x\n",
                "SHARD_IDS should be the shards of this process, such as 0,1 or 0-3, or left out for all.",
            ),
            (
                "SHARD_COUNT=2\nSHARD_IDS=2\n",
                "SHARD_IDS should name shards from 0 to 1, as SHARD_COUNT says.",
            ),
            (
                "SHARD_COUNT=2\nSHARD_IDS=1\n",
                (
                    "A SQLite database serves one process, which has to hold every shard: leave SHARD_IDS out, or move "
                    "to PostgreSQL (easel move)."
                ),
            ),
        ],
    )
    def test_refused(self, env_file: Path, text: str, sentence: str) -> None:
        """Each in one sentence that says what to do."""
        env_file.write_text(text)

        assert refusal(env_file) == sentence

    def test_taken(self, env_file: Path) -> None:
        """One connection unless a count is set; all of the count unless some are named, which is for PostgreSQL."""
        assert Settings.given().shards is None
        assert Settings.given(shard_count=3).shards == Shards(3, (0, 1, 2))
        env_file.write_text("SHARD_COUNT=4\nSHARD_IDS=0,2-3\nDATABASE_URL=postgresql://easel@host/easel\n")
        assert Settings.load(env_file=env_file).shards == Shards(4, (0, 2, 3))
        assert Settings.given(shard_count=2, shard_ids="0-1").shards == Shards(2, (0, 1))


class TestPages:
    """Every setting stands in `.env.example` and in the README, with its default, and nothing else does."""

    def test_example_names_each(self) -> None:
        """`.env.example` has one line for each setting; their order is that of who needs them."""
        lines = (ROOT / ".env.example").read_text().splitlines()
        named = [match[1] for line in lines if (match := re.fullmatch(r"#? ?([A-Z_]+)=(.*)", line))]

        assert sorted(setting_names()) == sorted(named)

    def test_example_is_the_default(self, tmp_path: Path) -> None:
        """Uncommented as it stands, `.env.example` changes nothing."""
        text = (ROOT / ".env.example").read_text()
        env_file = tmp_path / ".env"
        env_file.write_text(re.sub(r"(?m)^# ?(?=[A-Z_]+=)", "", text))

        assert Settings.given().model_dump() == Settings.load(env_file=env_file).model_dump()

    def test_readme_names_each(self) -> None:
        """The README's table has a row for each setting, in the same order, with its default."""
        rows = re.findall(r"(?m)^\| `([A-Z_]+)` \| (.*?) \|", (ROOT / "README.md").read_text())

        assert list(setting_names()) == [name for name, _ in rows]
        for name, default in rows:
            value = Settings.model_fields[name.lower()].default
            if value not in (None, (), frozenset()):
                assert f"`{value:g}`" == default if isinstance(value, float) else f"`{value}`" == default, name
