"""The one settings module: `glassbook.toml` in the working directory, then `GLASSBOOK_*`; nothing else reads the environment."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from glassbook.delivery_target import DeliveryTarget
from glassbook.errors import InputError

SETTINGS_FILE = "glassbook.toml"
WORDS = ("\\N", "NULL", "(NULL)", "null", "None")
"""What exports of databases and of Python write for null."""
PERSONAL_WORDS = ("\\N",)
"""Those that are no name of anybody: Null is a surname."""


class _File(TomlConfigSettingsSource):
    """glassbook.toml, which whoever reads the folder reads."""

    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        if "passphrase" in found:
            raise SettingsError("passphrase stands in glassbook.toml; it is asked for, or taken from the environment alone")
        return found


class Settings(BaseSettings):
    """Everything that differs from one installation to another."""

    model_config = SettingsConfigDict(
        env_prefix="GLASSBOOK_",
        env_nested_delimiter="__",
        toml_file=SETTINGS_FILE,
        extra="forbid",
        frozen=True,
        # Settings hold passwords: what is wrong is told without what was given.
        hide_input_in_errors=True,
    )

    home: Path = Field(Path("glassbook-home"), description="Where lake, snapshots and filings live.")
    source: str = Field("", description="Address of the platform's records for scheduled loads; empty: the folder `platform` of the home.")
    mapping: Path | None = Field(None, description="Mapping file for scheduled loads.")
    source_encoding: str = Field("auto", description="Encoding of CSV files: auto (UTF-8 or GB18030) or a name such as gb18030.")
    null_words: tuple[str, ...] = Field(WORDS, description="Words that a source writes for null in texts that may be null.")
    personal_null_words: tuple[str, ...] = Field(PERSONAL_WORDS, description="The same in personal texts.")
    timezone: str = Field("Asia/Shanghai", description="Zone in which an instant becomes a business date.")
    country: str = Field("CN", description="ISO 3166-1 code whose calendar of working days holds.")
    currency: str = Field("CNY", description="Currency of every money column.")
    platform_name: str = Field("示例平台", description="Name of the platform on pages and filings.")
    profile: Path | None = Field(None, description="The platform profile. Empty: profile/profile.yml in the home.")
    threads: int = Field(2, ge=1, description="Threads that the warehouse engine may use, and models that are built at a time.")
    memory_limit: str = Field("2GB", description="Memory that the warehouse engine may use before it spills to disk.")
    load_memory_limit: str = Field("600MB", description="Memory that the engine of a load may use before it spills to disk.")
    overlap_hours: int = Field(
        6, ge=0, description="How far before its cursor a load reads again, for rows that were committed late; longer than any transaction."
    )
    keep_snapshots: int = Field(
        5, ge=1, description="Newest snapshots kept when older ones are pruned; those that filings need come on top."
    )
    retention_years: int = Field(
        5, ge=5, description="Years for which filings and the snapshots they need are kept; never less than the law's."
    )
    filings_since: date | None = Field(
        None, description="Day from which periods are filed with Glassbook. Empty: since the rule holds and the platform exists."
    )
    due_soon_working_days: int = Field(3, ge=0, description="Working days before a due day from which the calendar calls it due soon.")
    delivery_targets: dict[str, DeliveryTarget] = Field({}, description="Places that packages are delivered to, by name.")
    home_regime: str = Field("cn", description="Regime whose readings the operating figures take.")
    over_90_amount: str = Field("outstanding_principal", description="Reading of CN-A16: outstanding_principal | overdue_amount.")
    overdue_rate_base: str = Field("principal_and_interest", description="Base of CN-B02 and B06-B08: principal_and_interest | principal.")
    count_promotional: bool = Field(False, description="Whether promotional listings count in the figures of a regime.")
    app_hosts: tuple[str, ...] = Field((), description="Names beside the loopback's under which the apps answer, such as a proxy's.")
    person: str = Field("", description="Who acts in the life of a filing, as the log names them; empty: the user of the operating system.")
    passphrase: SecretStr = Field(
        SecretStr(""), description="Passphrase of the key that signs; empty: asked for. From the environment only."
    )
    demo_database: str = Field("", description="Empty PostgreSQL database for `demo --postgres`; empty: a server of its own is started.")
    clock_now: datetime | None = Field(None, description="Instant that the clock shows instead of now (rehearsals).")
    fault_point: str = Field("", description="Name of the point at which the process kills itself (rehearsals).")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not an IANA time zone such as Asia/Shanghai") from error
        return value

    @field_validator("over_90_amount")
    @classmethod
    def _known_over_90(cls, value: str) -> str:
        if value not in ("outstanding_principal", "overdue_amount"):
            raise ValueError("must be outstanding_principal or overdue_amount")
        return value

    @field_validator("overdue_rate_base")
    @classmethod
    def _known_base(cls, value: str) -> str:
        if value not in ("principal_and_interest", "principal"):
            raise ValueError("must be principal_and_interest or principal")
        return value

    @field_validator("delivery_targets")
    @classmethod
    def _plain_names(cls, value: dict[str, DeliveryTarget]) -> dict[str, DeliveryTarget]:
        if not all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in value):
            raise ValueError("a target's name is of lower-case letters, digits and _, such as regulator")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, glassbook.toml, defaults."""
        return init_settings, env_settings, _File(settings_cls)

    @property
    def lake_dir(self) -> Path:
        """Append-only Parquet, quarantine and load log."""
        return self.home / "lake"

    @property
    def log_dir(self) -> Path:
        """The entries of the load log once more, so that one that is lost is missed and can be put back."""
        return self.home / "log"

    @property
    def builds_dir(self) -> Path:
        """Builds under way; nothing here is ever read by a reader."""
        return self.home / "builds"

    @property
    def snapshots_dir(self) -> Path:
        """Published snapshots, one folder each, and the pointer to the current one."""
        return self.home / "snapshots"

    @property
    def filings_dir(self) -> Path:
        """Default place of filing packages."""
        return self.home / "filings"

    @property
    def outbox_dir(self) -> Path:
        """Where packages are delivered to while no other place is named."""
        return self.home / "outbox"

    @property
    def keys_dir(self) -> Path:
        """Register of public keys, and the private keys, encrypted, of those who sign here."""
        return self.home / "keys"

    @property
    def profile_file(self) -> Path:
        """The platform profile; its attachments lie beside it."""
        return self.profile or self.home / "profile" / "profile.yml"

    @property
    def platform_dir(self) -> Path:
        """Where the demonstration puts its simulated platform."""
        return self.home / "platform"


def load_settings() -> Settings:
    """Settings of this process.

    Raises InputError that names each wrong setting.
    """
    try:
        return Settings()
    except (SettingsError, TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            found=f"settings that cannot be read ({type(error).__name__}: {error})",
            where="settings (glassbook.toml and GLASSBOOK_*)",
            expected="TOML in glassbook.toml, and JSON in variables that hold more than one value",
            remedy="Correct what is named.",
        ) from None
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise InputError(
            found=problems,
            where="settings (glassbook.toml and GLASSBOOK_*)",
            expected="the settings listed in docs/operations.md",
            remedy="Correct or remove the settings named.",
        ) from error


class _OfOthers(BaseSettings):
    """Variables of other programs' that stand for something here too."""

    mysql_pwd: SecretStr = SecretStr("")


def mysql_password() -> str:
    """What MySQL's own client would take from MYSQL_PWD."""
    return _OfOthers().mysql_pwd.get_secret_value()
