"""Settings: where they come from, their bounds, and that nothing shows a secret."""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.errors import ConfigurationError
from agent.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
SECRETS = ("HF_TOKEN", "E2B_API_KEY", "SANDGLASS_BASE_URL_KEY")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("SANDGLASS_", "GRADIO_", "E2B_", "HF_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults() -> None:
    settings = load_settings()
    assert (settings.max_steps, settings.cell_seconds, settings.memory_mb) == (10, 30.0, 2048)
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 7860, "INFO")
    assert settings.hf_token is None
    assert settings.authorized_imports is None
    assert settings.cache_dir.name == "sandglass"


def test_everything_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    weights = tmp_path / "model.gguf"
    weights.write_bytes(b"GGUF")
    for name, value in {
        "HF_TOKEN": " hf_abc ",
        "E2B_API_KEY": "e2b_0",
        "E2B_DOMAIN": "e2b.example.com",
        "E2B_API_URL": "http://127.0.0.1:3000/",
        "E2B_SANDBOX_URL": "http://127.0.0.1:3001",
        "E2B_TEMPLATE": "mine",
        "E2B_INTERNET": "no",
        "E2B_SANDBOXES": "3",
        "SANDGLASS_MODEL": "org/model",
        "SANDGLASS_FALLBACK_MODELS": "org/other, embedded",
        "SANDGLASS_REQUESTS_PER_MINUTE": "30",
        "SANDGLASS_TOKENS_PER_MINUTE": "50000",
        "SANDGLASS_BASE_URL": "http://localhost:11434/v1",
        "SANDGLASS_BASE_URL_KEY": "sk-1",
        "SANDGLASS_MODEL_PATH": str(weights),
        "SANDGLASS_CACHE_DIR": "~/cache",
        "SANDGLASS_AUTHORIZED_IMPORTS": "numpy, scipy.stats,,os.*",
        "SANDGLASS_MAX_STEPS": "3",
        "SANDGLASS_CELL_SECONDS": "2.5",
        "SANDGLASS_MEMORY_MB": "512",
        "SANDGLASS_MAX_SESSIONS": "5",
        "SANDGLASS_MAX_RUNS": "2",
        "SANDGLASS_IDLE_MINUTES": "1",
        "SANDGLASS_HOST": "0.0.0.0",
        "SANDGLASS_PORT": "8080",
        "SANDGLASS_LOG_LEVEL": "debug",
    }.items():
        monkeypatch.setenv(name, value)
    found = load_settings().model_dump()
    secrets = {name: found.pop(name) for name in ("hf_token", "e2b_api_key", "base_url_key")}
    assert [s.get_secret_value() for s in secrets.values()] == ["hf_abc", "e2b_0", "sk-1"]
    assert found == {
        "e2b_domain": "e2b.example.com",
        "e2b_api_url": "http://127.0.0.1:3000",
        "e2b_sandbox_url": "http://127.0.0.1:3001",
        "e2b_template": "mine",
        "e2b_internet": False,
        "e2b_sandboxes": 3,
        "model": "org/model",
        "fallback_models": ("org/other", "embedded"),
        "requests_per_minute": 30,
        "tokens_per_minute": 50_000,
        "base_url": "http://localhost:11434/v1",
        "model_path": weights,
        "cache_dir": Path.home() / "cache",
        "authorized_imports": ("numpy", "scipy.stats", "os.*"),
        "max_steps": 3,
        "cell_seconds": 2.5,
        "memory_mb": 512,
        "max_sessions": 5,
        "max_runs": 2,
        "idle_minutes": 1,
        "host": "0.0.0.0",
        "port": 8080,
        "log_level": "DEBUG",
    }


def test_the_file_fills_in_what_the_environment_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("# mine\nSANDGLASS_MAX_STEPS=4\nSANDGLASS_PORT='9000'\nOTHER=1\n")
    monkeypatch.setenv("SANDGLASS_MAX_STEPS", "5")
    settings = load_settings()
    assert (settings.max_steps, settings.port) == (5, 9000)
    assert load_settings(env_file=None).port == 7860


def test_gradio_names_count_after_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7000")
    assert (load_settings().host, load_settings().port) == ("0.0.0.0", 7000)
    monkeypatch.setenv("SANDGLASS_PORT", "7001")
    assert load_settings().port == 7001


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SECRETS, "SANDGLASS_MAX_STEPS", "SANDGLASS_BASE_URL"):
        monkeypatch.setenv(name, "")
    assert load_settings() == Settings(_env_file=None)
    assert load_settings().max_steps == 10


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "SANDGLASS_MAX_STEPS",
            "many",
            "SANDGLASS_MAX_STEPS must be a whole number from 1 to 100.",
        ),
        (
            "SANDGLASS_REQUESTS_PER_MINUTE",
            "0",
            "SANDGLASS_REQUESTS_PER_MINUTE must be a whole number from 1 to 100000.",
        ),
        (
            "SANDGLASS_FALLBACK_MODELS",
            "custom",
            "SANDGLASS_FALLBACK_MODELS names custom, your own server, without "
            "SANDGLASS_BASE_URL: set the server's address as well.",
        ),
        ("SANDGLASS_MAX_STEPS", "0", "SANDGLASS_MAX_STEPS must be a whole number from 1 to 100."),
        ("SANDGLASS_MAX_STEPS", "1.5", "SANDGLASS_MAX_STEPS must be a whole number from 1 to 100."),
        ("SANDGLASS_CELL_SECONDS", "0", "SANDGLASS_CELL_SECONDS must be a number from 1 to 3600."),
        (
            "SANDGLASS_CELL_SECONDS",
            "nan",
            "SANDGLASS_CELL_SECONDS must be a number from 1 to 3600.",
        ),
        (
            "SANDGLASS_MEMORY_MB",
            "1",
            "SANDGLASS_MEMORY_MB must be a whole number from 256 to 1048576.",
        ),
        ("SANDGLASS_PORT", "70000", "SANDGLASS_PORT must be a whole number from 1 to 65535."),
        ("GRADIO_SERVER_PORT", "x", "PORT must be a whole number from 1 to 65535."),
        ("SANDGLASS_LOG_LEVEL", "loud", "must be one of 'DEBUG', 'INFO', 'WARNING' or 'ERROR'."),
        ("SANDGLASS_BASE_URL", "localhost:8000", "SANDGLASS_BASE_URL must be an address such as"),
        ("SANDGLASS_BASE_URL", "http://me:pw@x/", "must not hold a user name or a password"),
        ("E2B_DOMAIN", "https://e2b.dev", "E2B_DOMAIN must be a domain such as e2b.example.com"),
        ("SANDGLASS_MODEL_PATH", "/nowhere", "SANDGLASS_MODEL_PATH must name a file that is there"),
        ("SANDGLASS_AUTHORIZED_IMPORTS", "numpy,os;rm", "module names with commas"),
        ("SANDGLASS_AUTHORIZED_IMPORTS", "numpy,.*", "not .*"),
        ("HF_TOKEN", "two words", "HF_TOKEN must be the key alone, without spaces"),
        ("SANDGLASS_BASE_URL_KEY", "k", "set the server's address as well"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_set(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert message in str(caught.value)
    assert "pydantic" not in "".join(traceback.format_exception(caught.value)).split("Error:")[-1]


def test_all_problems_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDGLASS_PORT", "0")
    monkeypatch.setenv("SANDGLASS_MAX_RUNS", "0")
    with pytest.raises(ConfigurationError, match=r"SANDGLASS_MAX_RUNS .* SANDGLASS_PORT "):
        load_settings()


def test_a_file_that_is_no_text() -> None:
    Path(".env").write_bytes(b"HF_TOKEN=\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"\.env is not UTF-8 text"):
        load_settings()


@pytest.mark.parametrize("name", SECRETS)
def test_no_text_shows_a_secret(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("SANDGLASS_BASE_URL", "http://localhost/v1")
    monkeypatch.setenv(name, "canary-5417")
    settings = load_settings()
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert "canary-5417" not in shown
    assert "**********" in shown


@pytest.mark.parametrize("name", SECRETS)
def test_no_error_shows_a_secret(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "canary 5417")
    with pytest.raises(ConfigurationError, match=name) as caught:
        load_settings()
    assert "5417" not in "".join(traceback.format_exception(caught.value))


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]


def test_the_example_file_has_every_name_and_nothing_else() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))
    known = {str(f.validation_alias) for f in Settings.model_fields.values()}
    known -= {name for name in known if name.startswith("AliasChoices")}
    assert listed == known | {"SANDGLASS_HOST", "SANDGLASS_PORT"}


def test_the_example_file_sets_nothing() -> None:
    assert load_settings(ROOT / ".env.example") == load_settings(env_file=None)


def test_imports_can_be_left_chosen_or_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANDGLASS_AUTHORIZED_IMPORTS", raising=False)
    assert load_settings(None).authorized_imports is None
    monkeypatch.setenv("SANDGLASS_AUTHORIZED_IMPORTS", "none")
    assert load_settings(None).authorized_imports == ()
    monkeypatch.setenv("SANDGLASS_AUTHORIZED_IMPORTS", "numpy")
    assert load_settings(None).authorized_imports == ("numpy",)
