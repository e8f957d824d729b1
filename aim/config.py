"""Settings: read once, at a door, from ``AIM_…`` variables and ``aim.toml``.

A variable wins over the file, the file over the default. Nothing here has a side effect on
import; rooms below the doors never read a setting, they are handed its value.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from aim.errors import ConfigError

SETTINGS_FILE = "aim.toml"
_SECRET = ("secret", "password", "token")


def _split(value: object) -> object:
    """Read a list written with commas, as a variable holds it."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Every setting AIM knows, with its default.

    Examples
    --------
    >>> Settings(store_url="sqlite:///hub.db").eps_m
    150.0
    """

    model_config = SettingsConfigDict(
        env_prefix="AIM_", toml_file=SETTINGS_FILE, extra="forbid", frozen=True
    )

    store_url: str = Field(
        "sqlite:///aim.db", description="Where the store is; a path is relative to this folder."
    )
    key_file: Path | None = Field(
        None,
        description="The key for row identities and the audit chain; beside the store if unset.",
    )
    partnership: str = Field(
        "Community Safety Partnership", description="The name at the head of pages and files."
    )
    handling: str = Field(
        "OFFICIAL-SENSITIVE", description="The handling marking printed on maps, pages and files."
    )
    crest: Path | None = Field(
        None, description="The crest on packs, a PNG or JPEG picture; none if unset."
    )
    accent_colour: str = Field(
        "#12436d", description="The colour of headings in packs, dark enough to be read on white."
    )
    eps_m: Annotated[float, Field(gt=0, le=5000)] = Field(
        150.0, description="DBSCAN neighbourhood radius in metres."
    )
    min_samples: int | str = Field(
        "auto", description="Incidents within eps that make a place dense, or auto."
    )
    harm_weights: Path | None = Field(
        None, description="The partnership's table of harm weights, a TOML file; none if unset."
    )
    office_table: Path | None = Field(
        None, description="The partnership's own equipment and powers, a TOML file; ours if unset."
    )
    indicators: Path | None = Field(
        None, description="The partnership's own table of indicators, a TOML file; ours if unset."
    )
    year_starts: Annotated[int, Field(ge=1, le=12)] = Field(
        4, description="The month a year and its quarters start in: 4 is April."
    )
    case_review_number: Annotated[int, Field(ge=1, le=3)] = Field(
        3, description="Separate incidents in six months that are a sign for a case review."
    )
    case_review_hate_number: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Incidents marked as hate that are a sign alone; no such rule if unset."
    )
    allow_fetch: bool = Field(
        False,  # noqa: FBT003 - pydantic's default comes first
        description="Let aim fetch and aim mail open connections outward; nothing else does.",
    )
    require_agreements: bool = Field(
        False,  # noqa: FBT003 - pydantic's default comes first
        description="Take in no rows of a source that no sharing agreement is kept for.",
    )
    fixmystreet_token: SecretStr = Field(
        SecretStr(""), description="The token aim fetch fixmystreet shows to the dashboard."
    )
    keep_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        7, description="Days a delivered file is kept after it was taken in or refused."
    )
    attachment_mb: Annotated[int, Field(ge=1, le=50)] = Field(
        5, description="The largest file that may be attached to an action, megabytes."
    )
    hosts: Words = Field(
        (), description="Names people open the hub under, beside this computer's own."
    )
    tls_cert: Path | None = Field(None, description="The certificate, a PEM file.")
    tls_key: Path | None = Field(None, description="The certificate's private key, a PEM file.")
    trusted_proxy: Words = Field(
        (), description="Addresses of the proxy that ends TLS; its X-Forwarded headers count."
    )
    session_idle_minutes: Annotated[float, Field(gt=0, le=1440)] = Field(
        30.0, description="Minutes without use after which a person must sign in again."
    )
    session_hours: Annotated[float, Field(gt=0, le=168)] = Field(
        12.0, description="Hours after which a person must sign in again in any case."
    )
    oidc_issuer: str = Field("", description="The identity provider's address, as it writes it.")
    oidc_client_id: str = Field("", description="What the provider knows the hub by.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="The hub's secret at the provider, where it has one."
    )
    oidc_roles: dict[str, str] = Field(
        {}, description="Which role each app role of the provider stands for; else the account's."
    )
    smtp_host: str = Field("", description="The server that takes the hub's letters.")
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = Field(587, description="Its port.")
    smtp_sender: str = Field("", description="The address the letters come from.")
    smtp_user: str = Field("", description="The name the hub signs in with there, if any.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Its password there.")
    smtp_tls: bool = Field(
        True,  # noqa: FBT003 - pydantic's default comes first
        description="Turn the line to TLS before anything is said.",
    )
    debug: bool = Field(False, description="Show a traceback with an error.")  # noqa: FBT003 - pydantic's default comes first

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put variables before ``aim.toml``; read no ``.env`` and no secrets folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(**given: object) -> Settings:
    """Read the settings that hold here and now.

    Parameters
    ----------
    **given
        Values that win over variable and file, such as a command's own options.

    Raises
    ------
    ConfigError
        A variable or a line of ``aim.toml`` is unknown or out of range; every fault is named.

    Examples
    --------
    >>> read_settings(eps_m=100).eps_m
    100.0
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']} (found {_shown(fault)})"
            for fault in error.errors()
        )
        raise ConfigError(
            f"A setting cannot be used: {faults}. Mend the AIM_ variable or {SETTINGS_FILE}."
        ) from error
    except ValueError as error:  # a broken TOML file
        raise ConfigError(f"{SETTINGS_FILE} cannot be read: {error}. Mend that line.") from error


def _shown(fault: Mapping[str, Any]) -> str:
    # A name nobody knows may be a secret's, misspelt.
    unknown = fault["type"] == "extra_forbidden"
    secret = unknown or any(word in str(part) for part in fault["loc"] for word in _SECRET)
    return "something else" if secret else repr(fault["input"])
