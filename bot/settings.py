"""What an operator can set, read once from `.env`, environment or secret files, and refused in one clear sentence."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.db.url import password_of, shown, sqlite_path
from bot.domain.money import Micros, parse_limit
from bot.domain.periods import PERIOD_WORDS, Period
from bot.domain.shards import Shards
from bot.media.location import Bucket, bucket_in
from bot.secret_shapes import impossible
from bot.setting_faults import SettingsError, present, sentence_of
from bot.setting_names import misspelt_in
from bot.setting_values import (
    HttpUrl,
    LimitText,
    LogFormat,
    LogLevel,
    PeriodWord,
    Secret,
    database,
    host_and_port,
    images,
    level,
    public,
    shard_list,
    shards_of,
    split,
    websocket,
    word,
)

ENV_FILE = Path(".env")
SECRETS_DIR = Path("/run/secrets")
"""Where Docker and its relatives mount secrets, one file each, named like the setting."""

REQUIRED_TO_RUN = ("DISCORD_TOKEN", "WAVESPEED_API_KEY")


class Settings(BaseSettings):
    """What the operator decided. Field names are the settings' names in lower case.

    A field holds what was written, checked; where the program needs another form (a path, micro-dollars), a property
    of that name gives it. `description` completes the sentence «NAME should be …».
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_ignore_empty=True, case_sensitive=False, hide_input_in_errors=True
    )

    discord_token: Secret | None = Field(None, description="the bare bot token, without quotes or spaces")
    wavespeed_api_key: Secret | None = Field(None, description="the bare API key, without quotes or spaces")
    discord_api_base: HttpUrl = Field(
        "https://discord.com/api/v10", description="an http(s) address such as https://discord.com/api/v10"
    )
    discord_gateway: Annotated[str, AfterValidator(websocket)] | None = Field(
        None, description="a ws(s) address, or left out for Discord's own"
    )
    wavespeed_base_url: HttpUrl = Field(
        "https://api.wavespeed.ai/api/v3", description="an http(s) address such as https://api.wavespeed.ai/api/v3"
    )
    database_url: Annotated[str, AfterValidator(database)] = Field(
        "sqlite:///data/easel.db",
        description="sqlite:///relative/path, sqlite:////absolute/path or postgresql://user@host/database",
        repr=False,
    )
    shard_count: int | None = Field(None, ge=1, le=100_000, description="a whole number from 1 to 100000, or left out")
    shard_ids: Annotated[str, AfterValidator(shard_list)] | None = Field(
        None, description="the shards of this process, such as 0,1 or 0-3, or left out for all"
    )
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(Path("data"), description="the path of a folder")
    images_url: Annotated[str, AfterValidator(images)] | None = Field(
        None,
        description="the path of a folder, or s3://bucket/prefix, perhaps with ?endpoint=https://…&region=…",
    )
    models_file: Annotated[Path, AfterValidator(Path.expanduser)] | None = Field(
        None, description="the path of a TOML or JSON file with further image models, or left out"
    )
    default_member_limit_usd: LimitText = Field("1.00", description="an amount in dollars such as 1.00, or none")
    default_server_limit_usd: LimitText = Field("10.00", description="an amount in dollars such as 10.00, or none")
    default_limit_period: PeriodWord = Field(Period.MONTH, description=PERIOD_WORDS)
    bot_limit_usd: LimitText = Field("none", description="an amount in dollars such as 100, or none")
    bot_limit_period: PeriodWord = Field(Period.MONTH, description=PERIOD_WORDS)
    operator_ids: Annotated[frozenset[Annotated[int, Field(gt=0, lt=1 << 63)]], NoDecode, BeforeValidator(split)] = (
        Field(frozenset(), description="Discord user ids (numbers), separated by commas")
    )
    wavespeed_max_concurrent: int = Field(2, ge=1, le=10_000, description="a whole number from 1 to 10000")
    wavespeed_max_per_minute: int = Field(2, ge=1, le=10_000, description="a whole number from 1 to 10000")
    wavespeed_submit_parallelism: int = Field(4, ge=1, le=100, description="a whole number from 1 to 100")
    webhook_url: Annotated[str, AfterValidator(public)] | None = Field(
        None, description="the https address that leads to this bot, such as https://easel.example/calls, or left out"
    )
    webhook_port: int | None = Field(None, ge=1, le=65_535, description="a port from 1 to 65535, or left out for none")
    submit_grace_seconds: float = Field(
        120.0, gt=0, le=3_600, description="a number of seconds above 0 and at most 3600"
    )
    poll_initial_seconds: float = Field(1.0, gt=0, le=3_600, description="a number of seconds above 0 and at most 3600")
    poll_max_seconds: float = Field(5.0, gt=0, le=3_600, description="a number of seconds above 0 and at most 3600")
    job_deadline_seconds: float = Field(
        600.0, gt=0, le=86_400, description="a number of seconds above 0 and at most 86400"
    )
    cdn_hosts: Annotated[
        tuple[Annotated[str, AfterValidator(host_and_port)], ...], NoDecode, BeforeValidator(split)
    ] = Field((), description="host or host:port, separated by commas, without https://")
    health_port: int | None = Field(None, ge=1, le=65_535, description="a port from 1 to 65535, or left out for none")
    health_host: str = Field("127.0.0.1", pattern=r"^[A-Za-z0-9.:-]+$", description="an address to listen on")
    retention_days: int = Field(30, ge=1, le=3_650, description="a whole number of days from 1 to 3650")
    log_level: Annotated[LogLevel, BeforeValidator(level)] = Field(
        "INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL"
    )
    log_format: Annotated[LogFormat, BeforeValidator(word)] = Field("console", description="console or json")

    @model_validator(mode="after")
    def _polls_slow_down(self) -> Settings:
        if self.poll_initial_seconds > self.poll_max_seconds:
            message = "POLL_INITIAL_SECONDS should not be larger than POLL_MAX_SECONDS."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _webhooks_are_whole(self) -> Settings:
        if (self.webhook_url is None) is not (self.webhook_port is None):
            message = "WEBHOOK_URL and WEBHOOK_PORT belong together: set both, or neither."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _shards_exist(self) -> Settings:
        shards_of(self.shard_count, self.shard_ids, is_shared=self.database_path is None)
        return self

    @property
    def shards(self) -> Shards | None:
        """The shards of this process; None where the bot is one connection."""
        return shards_of(self.shard_count, self.shard_ids, is_shared=self.database_path is None)

    @property
    def database_path(self) -> Path | None:
        """The SQLite file that DATABASE_URL names, None where it is PostgreSQL.

        It is relative to the working directory unless the address has four slashes.
        """
        return sqlite_path(self.database_url)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where this process writes: its data and, where they are files, its database and its images."""
        database, images = self.database_path, self.images_place
        return (
            self.data_dir,
            *(() if database is None else (database.parent,)),
            *((images,) if isinstance(images, Path) and not images.is_relative_to(self.data_dir) else ()),
        )

    @property
    def images_place(self) -> Path | Bucket:
        """Where images are kept: in DATA_DIR, unless IMAGES_URL says otherwise."""
        if self.images_url is None:
            return self.data_dir / "images"
        return bucket_in(self.images_url) or Path(self.images_url).expanduser()

    @property
    def images_name(self) -> str:
        """Where images are kept, as a person may read it."""
        return self.images_url or str(self.images_place)

    @property
    def database_name(self) -> str:
        """The database as a person may read it: a file, or an address without its password."""
        return shown(self.database_url)

    @property
    def default_member_limit_micros(self) -> Micros | None:
        """What each member may spend per period in a newly seen server; None is no limit."""
        return parse_limit(self.default_member_limit_usd)

    @property
    def default_server_limit_micros(self) -> Micros | None:
        """What a newly seen server may spend per period; None is no limit."""
        return parse_limit(self.default_server_limit_usd)

    @property
    def bot_limit_micros(self) -> Micros | None:
        """What this process may spend per period over all servers; None is no limit."""
        return parse_limit(self.bot_limit_usd)

    def bot_token(self) -> str:
        """Discord's bot token in the clear.

        Raises:
            SettingsError: it is not set.
        """
        return present("DISCORD_TOKEN", self.discord_token)

    def api_key(self) -> str:
        """WaveSpeed's API key in the clear.

        Raises:
            SettingsError: it is not set.
        """
        return present("WAVESPEED_API_KEY", self.wavespeed_api_key)

    def impossible_secret(self) -> str | None:
        """Why one of the two secrets cannot be what it should be, in a sentence; None where both can."""
        both = (self.discord_token, self.wavespeed_api_key)
        return impossible(*(None if secret is None else secret.get_secret_value() for secret in both))

    def secrets(self) -> tuple[str, ...]:
        """Every secret that is set, in the clear, for the log to keep out."""
        own = (s.get_secret_value() for s in (self.discord_token, self.wavespeed_api_key) if s is not None)
        password = password_of(self.database_url)
        return (*own, *(() if password is None else (password,)))

    @classmethod
    def load(
        cls,
        *,
        required: Collection[str] = (),
        env_file: Path = ENV_FILE,
        secrets_dir: Path = SECRETS_DIR,
    ) -> Settings:
        """Read the settings; the environment wins over `.env`, and `.env` over secret files.

        Raises:
            SettingsError: something is missing, wrong or misspelt.
        """
        try:
            settings = cls(_env_file=env_file, _secrets_dir=secrets_dir if secrets_dir.is_dir() else None)  # pyright: ignore[reportCallIssue] - pydantic-settings' own keywords
        except ValidationError as error:
            raise SettingsError(sentence_of(error.errors()[0], _descriptions())) from None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{env_file} cannot be read as text ({type(error).__name__}).") from None
        misspelt = misspelt_in(os.environ, setting_names(), settings.model_fields_set)
        if misspelt is not None:
            raise SettingsError(misspelt)
        for name in required:
            present(name, getattr(settings, name.lower()))
        if (fault := settings.impossible_secret()) is not None and required:
            raise SettingsError(fault)
        return settings

    @classmethod
    def given(cls, **values: object) -> Settings:
        """Settings from these values and the defaults alone: nothing of the machine is read (for demo and tests)."""
        try:
            return _Given(**values)  # pyright: ignore[reportArgumentType] - validated by pydantic
        except ValidationError as error:
            raise SettingsError(sentence_of(error.errors()[0], _descriptions())) from None


class _Given(Settings):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings' signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def setting_names() -> tuple[str, ...]:
    """Every setting as it is written in `.env`, in the order of the class."""
    return tuple(name.upper() for name in Settings.model_fields)


def _descriptions() -> dict[str, str]:
    """What each setting should be, in the words that complete its sentence."""
    return {name.upper(): field.description or "" for name, field in Settings.model_fields.items()}
