"""The one settings module: `glassbook.toml` in the working directory, then `GLASSBOOK_*`; nothing else reads the environment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from glassbook import setting_rules as rules
from glassbook.delivery_target import DeliveryTarget
from glassbook.errors import InputError
from glassbook.regimes import default_settings, only_regime
from glassbook.setting_errors import PREFIX, WHERE, unknown_variables, wrong_values
from glassbook.settings_file import SETTINGS_FILE, read_settings_file

WORDS = ("\\N", "NULL", "(NULL)", "null", "None")
"""What exports from databases and from Python write for null."""
PERSONAL_WORDS = ("\\N",)
"""Those that cannot be a person's name: Null is a surname."""


Text = Annotated[str, AfterValidator(rules.plain_text)]
Name = Annotated[str, AfterValidator(rules.some_text)]
Memory = Annotated[str, AfterValidator(rules.memory("256MB"))]
Folder = Annotated[Path, BeforeValidator(rules.path_text), AfterValidator(rules.home)]
PlainFile = Annotated[Path, BeforeValidator(rules.path_text), AfterValidator(rules.plain_file)]
Day = Annotated[date, BeforeValidator(rules.no_number), AfterValidator(rules.in_known_years)]
Instant = Annotated[datetime, BeforeValidator(rules.no_number), AfterValidator(rules.in_known_years)]
Hosts = Annotated[tuple[str, ...], AfterValidator(rules.hosts)]
EmptyIsNone = BeforeValidator(rules.empty_is_none)


def _of_home_regime(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda given: default_settings(given["home_regime"])[name]


class _Environment(EnvSettingsSource):
    """Variables that begin with GLASSBOOK_; one that is not a setting is an error, which would otherwise go unnoticed."""

    def __call__(self) -> dict[str, Any]:
        if unknown := [name for name in self.given() if not _is_setting(name)]:
            raise unknown_variables(sorted(unknown), list(Settings.model_fields))
        return super().__call__()

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """The value of the JSON, or the text as it is where it is none: the rules then refuse it by name, value and what is allowed."""
        try:
            found = super().decode_complex_value(field_name, field, value)
        except (ValueError, RecursionError):
            return value
        return value if found is None else found  # for None the default would be taken

    def given(self) -> list[str]:
        """Names of variables after the prefix, in lower-case letters."""
        prefix = PREFIX.lower()
        return [name.removeprefix(prefix) for name in self.env_vars if name.startswith(prefix)]


def _is_setting(name: str) -> bool:
    # Only delivery targets have parts that separate variables can set.
    setting, has_parts, _ = name.partition("__")
    return setting in Settings.model_fields and (not has_parts or setting == "delivery_targets")


class _File(InitSettingsSource):
    """glassbook.toml, which every user who can read the folder can read."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        found = read_settings_file()
        if "passphrase" in found:
            raise InputError(
                found=f"passphrase stands in {SETTINGS_FILE}",
                where=WHERE,
                expected="a passphrase that is entered when asked for, or taken from the environment",
                remedy="Remove it from the file, and change the passphrase: every user who can read the folder can read it.",
            )
        super().__init__(settings_cls, found)


class Settings(BaseSettings):
    """Everything that differs from one installation to another."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        # Settings hold passwords: errors do not repeat the given value.
        hide_input_in_errors=True,
    )

    home: Folder = Field(Path("glassbook-home"), description="Where lake, snapshots and filings live.")
    source: Text = Field("", description="Address of the platform's records for scheduled loads; empty: the folder `platform` of the home.")
    mapping: Annotated[PlainFile | None, EmptyIsNone] = Field(None, description="Mapping file for scheduled loads.")
    source_encoding: Annotated[str, AfterValidator(rules.encoding)] = Field(
        "auto", description="Encoding of CSV files: auto (UTF-8 or GB18030) or a name such as gb18030."
    )
    null_words: tuple[Text, ...] = Field(WORDS, description="Words that a source writes for null in texts that may be null.")
    personal_null_words: tuple[Text, ...] = Field(PERSONAL_WORDS, description="The same in personal texts.")
    home_regime: Annotated[str, AfterValidator(rules.regime)] = Field(
        default_factory=only_regime, validate_default=True, description="Regime whose readings the operating figures take."
    )
    regimes: Annotated[tuple[str, ...], AfterValidator(rules.regimes)] = Field(
        (), description="Regimes under which the platform files, the home regime among them; empty: every one that is installed."
    )
    timezone: Annotated[str, AfterValidator(rules.zone)] = Field(
        default_factory=_of_home_regime("timezone"), description="Zone in which an instant becomes a business date."
    )
    country: Annotated[str, AfterValidator(rules.country)] = Field(
        default_factory=_of_home_regime("country"), description="ISO 3166-1 code whose calendar of working days holds."
    )
    currency: str = Field(default_factory=_of_home_regime("currency"), pattern="^[A-Z]{3}$", description="Currency of every money column.")
    platform_name: Name = Field("示例平台", description="Name of the platform on pages and filings.")
    profile: Annotated[PlainFile | None, EmptyIsNone] = Field(
        None, description="The platform profile. Empty: profile/profile.yml in the home."
    )
    threads: int = Field(2, ge=1, le=256, description="Threads that the warehouse engine may use, and models that are built at a time.")
    memory_limit: Memory = Field("2GB", description="Memory that the warehouse engine may use before it spills to disk.")
    load_memory_limit: Memory = Field("600MB", description="Memory that the engine of a load may use before it spills to disk.")
    overlap_hours: int = Field(
        6,
        ge=0,
        le=8760,
        description="How far before its cursor a load reads again, for rows that were committed late; longer than any transaction.",
    )
    keep_snapshots: int = Field(
        5, ge=1, le=10_000, description="Newest snapshots kept when older ones are pruned; those that filings need come on top."
    )
    retention_years: int = Field(
        5, ge=5, le=100, description="Years for which filings and the snapshots they need are kept; never less than the law's."
    )
    filings_since: Annotated[Day | None, EmptyIsNone] = Field(
        None, description="Day from which periods are filed with Glassbook. Empty: since the rule holds and the platform exists."
    )
    due_soon_working_days: int = Field(
        3, ge=0, le=60, description="Working days before a due day from which the calendar calls it due soon."
    )
    delivery_targets: dict[str, DeliveryTarget] = Field({}, description="Places that packages are delivered to, by name.")
    over_90_amount: Literal["outstanding_principal", "overdue_amount"] = Field(
        "outstanding_principal", description="Reading: what of a loan more than 90 days past due counts."
    )
    overdue_rate_base: Literal["principal_and_interest", "principal"] = Field(
        "principal_and_interest", description="Reading: base of overdue rates by amount."
    )
    count_promotional: bool = Field(False, description="Whether promotional listings count in the figures of a regime.")
    own_hosts: Hosts = Field(
        (), description="Hosts of the platform's own site, with all subdomains: visitors from there were on the site already."
    )
    return_hosts: Hosts = Field((), description="Hosts of payment and sign-in pages that send people back, likewise.")
    site_address: Annotated[str, AfterValidator(rules.web_address)] = Field(
        "", description="Address under which the public site is served, which its feed and sitemap.xml name; empty: it has no sitemap.xml."
    )
    app_hosts: tuple[str, ...] = Field((), description="Host names under which the apps answer, besides the loopback's, such as a proxy's.")
    person: Text = Field(
        "", description="Who acts in the life of a filing, as the log names them; empty: the user of the operating system."
    )
    passphrase: SecretStr = Field(
        SecretStr(""), description="Passphrase of the key that signs; empty: asked for. From the environment only."
    )
    demo_database: Text = Field("", description="Empty PostgreSQL database for `demo --postgres`; empty: a server of its own is started.")
    clock_now: Annotated[Instant | None, EmptyIsNone] = Field(None, description="Instant that the clock shows instead of now (rehearsals).")
    fault_point: Text = Field("", description="Name of the point at which the process kills itself (rehearsals).")

    @field_validator("regimes")
    @classmethod
    def _with_the_home_regime(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        home = info.data.get("home_regime")
        if value and home is not None and home not in value:
            raise ValueError(f"leaves out the home regime, {home}")
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
        return init_settings, _Environment(settings_cls), _File(settings_cls)

    @property
    def lake_dir(self) -> Path:
        """Append-only Parquet, quarantine and load log."""
        return self.home / "lake"

    @property
    def log_dir(self) -> Path:
        """A second copy of the load log's entries, so that the loss of one is noticed and it can be restored."""
        return self.home / "log"

    @property
    def builds_dir(self) -> Path:
        """Builds under way; readers never read anything here."""
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
        """Where packages are delivered to when no other place is named."""
        return self.home / "outbox"

    @property
    def keys_dir(self) -> Path:
        """Register of public keys, and the encrypted private keys of the people who sign here."""
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
    except ValidationError as error:
        given = {name.partition("__")[0] for name in _Environment(Settings).given()}
        # Errors that only follow from a wrong home regime.
        wrong = [entry for entry in error.errors() if entry["type"] != "default_factory_not_called"]
        raise wrong_values(wrong, Settings.model_fields, DeliveryTarget.model_fields, given) from None


class _OfOthers(BaseSettings):
    """Variables of other programs that have a meaning here too."""

    mysql_pwd: SecretStr = SecretStr("")


def mysql_password() -> str:
    """The password that MySQL's own client would take from MYSQL_PWD."""
    return _OfOthers().mysql_pwd.get_secret_value()
