"""All that an operator can set, from the environment and a `.env` file; read once, in app.py.

`.env.example` lists the same names with their meaning for a person.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from agent.errors import ConfigurationError


def _one_word(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value().strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be the key alone, without spaces or line breaks")
    return SecretStr(text)


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as http://localhost:8000/v1")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or a password: set the key by itself")
    return text.rstrip("/")


def _domain(text: str) -> str:
    if not text or "/" in text or ":" in text or " " in text:
        raise ValueError("must be a domain such as e2b.example.com, without https://")
    return text


def _existing_file(path: Path) -> Path:
    path = path.expanduser()
    if not path.is_file():
        raise ValueError(f"must name a file that is there, and {str(path)!r} is not")
    return path


def _comma_list(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.strip().lower() == "none":
        return ()
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _module_names(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    for name in names or ():
        plain = name.removesuffix(".*")
        if name != "*" and not all(part.isidentifier() for part in plain.split(".")):
            raise ValueError(f"must be module names with commas, such as numpy,pandas; not {name}")
    return names


Secret = Annotated[SecretStr, AfterValidator(_one_word)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """Frozen; no `repr` shows a secret. An empty variable counts as not set."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", case_sensitive=True, env_ignore_empty=True
    )

    hf_token: Secret | None = Field(default=None, validation_alias="HF_TOKEN")
    """Hugging Face token with permission to call Inference Providers."""

    e2b_api_key: Secret | None = Field(default=None, validation_alias="E2B_API_KEY")
    """Key of E2B's cloud or of a service of your own."""
    e2b_domain: Annotated[str, AfterValidator(_domain)] | None = Field(
        default=None, validation_alias="E2B_DOMAIN"
    )
    """Domain of a self-hosted E2B; None means E2B's cloud."""
    e2b_api_url: WebAddress | None = Field(default=None, validation_alias="E2B_API_URL")
    """Address of the control plane, where it is not `https://api.<domain>`."""
    e2b_sandbox_url: WebAddress | None = Field(default=None, validation_alias="E2B_SANDBOX_URL")
    """Address that all sandboxes are reached through, where they have no host names."""
    e2b_template: str | None = Field(default=None, validation_alias="E2B_TEMPLATE")
    """Sandbox template; None means E2B's own for code interpreters."""
    e2b_internet: bool = Field(default=True, validation_alias="E2B_INTERNET")
    """Whether code in a sandbox reaches the internet."""
    e2b_sandboxes: int = Field(default=18, ge=1, le=10_000, validation_alias="E2B_SANDBOXES")
    """Sandboxes at the same time; more conversations wait for one."""

    model: str | None = Field(default=None, validation_alias="SANDGLASS_MODEL")
    """Model id that the page starts with; None means its first choice."""
    fallback_models: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)] = Field(
        default=(), validation_alias="SANDGLASS_FALLBACK_MODELS"
    )
    """Ids of models to ask, in this order, where the chosen one cannot answer."""
    requests_per_minute: int | None = Field(
        default=None, ge=1, le=100_000, validation_alias="SANDGLASS_REQUESTS_PER_MINUTE"
    )
    """Of all conversations together, for each model and key; None means any number."""
    tokens_per_minute: int | None = Field(
        default=None, ge=1000, le=1 << 31, validation_alias="SANDGLASS_TOKENS_PER_MINUTE"
    )
    """The same for tokens, read and written."""
    base_url: WebAddress | None = Field(default=None, validation_alias="SANDGLASS_BASE_URL")
    """An OpenAI-compatible server."""
    base_url_key: Secret | None = Field(default=None, validation_alias="SANDGLASS_BASE_URL_KEY")
    """The key of `base_url`, where it wants one."""
    model_path: Annotated[Path, AfterValidator(_existing_file)] | None = Field(
        default=None, validation_alias="SANDGLASS_MODEL_PATH"
    )
    """A GGUF file for the embedded model; None means: fetch it once into `cache_dir`."""
    cache_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=lambda: platformdirs.user_cache_path("sandglass"),
        validation_alias="SANDGLASS_CACHE_DIR",
    )
    """Where the embedded model is kept."""

    authorized_imports: Annotated[
        tuple[str, ...] | None,
        NoDecode,
        BeforeValidator(_comma_list),
        AfterValidator(_module_names),
    ] = Field(default=None, validation_alias="SANDGLASS_AUTHORIZED_IMPORTS")
    """Modules that code may import besides the usual ones; `pkg.*` and `*` are wide. None means
    the data libraries, where the kernel confines local code, and nothing elsewhere."""
    max_steps: int = Field(default=10, ge=1, le=100, validation_alias="SANDGLASS_MAX_STEPS")
    """Steps of one run."""
    cell_seconds: float = Field(
        default=30.0, ge=1, le=3600, validation_alias="SANDGLASS_CELL_SECONDS"
    )
    """Wall-clock seconds of one cell, host tools not charged."""
    memory_mb: int = Field(default=2048, ge=256, le=1 << 20, validation_alias="SANDGLASS_MEMORY_MB")
    """Megabytes of address space of a local worker."""

    max_sessions: int = Field(
        default=100, ge=1, le=10_000, validation_alias="SANDGLASS_MAX_SESSIONS"
    )
    """Conversations that are kept at the same time."""
    max_runs: int = Field(default=8, ge=1, le=1000, validation_alias="SANDGLASS_MAX_RUNS")
    """Runs that go on at the same time."""
    idle_minutes: int = Field(
        default=30, ge=1, le=10_080, validation_alias="SANDGLASS_IDLE_MINUTES"
    )
    """Minutes after which an idle conversation gives its worker or sandbox back."""

    host: str = Field(
        default="127.0.0.1", validation_alias=AliasChoices("SANDGLASS_HOST", "GRADIO_SERVER_NAME")
    )
    """Address to listen on; 0.0.0.0 means every interface."""
    port: int = Field(
        default=7860,
        ge=1,
        le=65_535,
        validation_alias=AliasChoices("SANDGLASS_PORT", "GRADIO_SERVER_PORT"),
    )
    """TCP port to listen on."""
    log_level: Annotated[LogLevel, BeforeValidator(lambda v: str(v).upper())] = Field(
        default="INFO", validation_alias="SANDGLASS_LOG_LEVEL"
    )
    """Lowest level that is logged."""

    @model_validator(mode="after")
    def _server_is_named(self) -> Self:
        if "custom" in self.fallback_models and self.base_url is None:
            raise ValueError(
                "SANDGLASS_FALLBACK_MODELS names custom, your own server, without "
                "SANDGLASS_BASE_URL: set the server's address as well."
            )
        if self.base_url_key is not None and self.base_url is None:
            raise ValueError(
                "SANDGLASS_BASE_URL_KEY is set without SANDGLASS_BASE_URL: set the server's "
                "address as well, or remove the key."
            )
        return self


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment, then `env_file` for what is not there; the file need not exist.

    Raises:
        ConfigurationError: a variable is wrong; the message names each one and what to set.
    """
    source: dict[str, Any] = {"_env_file": env_file, "_env_file_encoding": "utf-8"}
    try:
        return Settings(**source)
    except UnicodeDecodeError as exc:
        raise ConfigurationError(f"{env_file} is not UTF-8 text: save it as UTF-8.") from exc
    except ValidationError as exc:
        problems = [
            _sentence(str(error["loc"][0]) if error["loc"] else "", error)
            for error in exc.errors(include_url=False, include_input=False)
        ]
    # Outside of the handler: pydantic's own text quotes what was set, secrets included.
    raise ConfigurationError(" ".join(problems))


def _sentence(variable: str, error: Any) -> str:
    """One problem in plain words, without the value that was set."""
    if error["type"] == "value_error":
        text = str(error["ctx"]["error"])
        return f"{variable} {text}." if variable else text
    field = _fields_by_variable()[variable]
    if error["type"] == "literal_error":
        return f"{variable} must be one of {error['ctx']['expected']}."
    bounds = {
        name: getattr(m, name) for m in field.metadata for name in ("ge", "le") if hasattr(m, name)
    }
    if not bounds:
        return f"{variable}: {error['msg']}."
    kind = "a number" if field.annotation is float else "a whole number"
    return f"{variable} must be {kind} from {bounds['ge']} to {bounds['le']}."


def _fields_by_variable() -> dict[str, FieldInfo]:
    found: dict[str, FieldInfo] = {}
    for field in Settings.model_fields.values():
        match field.validation_alias:
            case AliasChoices(choices=choices):
                found |= {str(choice): field for choice in choices}
            case alias:
                found[str(alias)] = field
    return found
