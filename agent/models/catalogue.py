"""Which models the page offers, and which one a visitor gets without choosing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import ConfigurationError

if TYPE_CHECKING:
    from agent.models.base import Model

EMBEDDED = "embedded"
"""The id of the model that runs on this machine."""
SERVER = "server"
"""The id of the model at the configured base URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model that the page offers."""

    id: str
    label: str
    hint: str
    """One line on what it is good for and what it needs."""
    needs_key: bool
    """Whether it answers only with a key, the visitor's or the server's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What the app was set up with, as far as models are concerned."""

    base_url: str = ""
    """An OpenAI-compatible server; empty where there is none."""
    base_url_key: str = ""
    model_id: str = ""
    """The model at that server, or the default one of the Hub."""
    hub_token: str = ""
    """The app's own Hugging Face token; empty where there is none."""
    embedded: bool = True
    """Whether the embedded model is offered."""


def _hub(id: str, label: str, hint: str) -> ModelChoice:  # the field's name
    return ModelChoice(id=id, label=label, hint=hint, needs_key=True)


HUB_MODELS: tuple[ModelChoice, ...] = (
    _hub(
        "Qwen/Qwen3-Coder-Next",
        "Qwen3 Coder Next",
        "Fast and made for code agents; the best start. Needs a Hugging Face token.",
    ),
    _hub(
        "Qwen/Qwen3-Coder-480B-A35B-Instruct",
        "Qwen3 Coder 480B",
        "Large, for hard tasks in code. Needs a Hugging Face token.",
    ),
    _hub(
        "deepseek-ai/DeepSeek-V3.2",
        "DeepSeek V3.2",
        "Large, strong at reasoning over many steps. Needs a Hugging Face token.",
    ),
    _hub(
        "zai-org/GLM-4.6",
        "GLM 4.6",
        "Large, good at long tasks with tools. Needs a Hugging Face token.",
    ),
    _hub(
        "moonshotai/Kimi-K2-Instruct-0905",
        "Kimi K2",
        "Very large, good at plans and texts. Needs a Hugging Face token.",
    ),
    _hub(
        "openai/gpt-oss-120b",
        "gpt-oss 120B",
        "Open weights, thinks before it acts. Needs a Hugging Face token.",
    ),
)
"""Open models that suit a code agent, best first. Edit it freely: it is only data."""

EMBEDDED_CHOICE = ModelChoice(
    id=EMBEDDED,
    label="Embedded (Qwen2.5-Coder 1.5B)",
    hint="Runs on this machine: private and free, good for easy tasks. Fetched once, 1.1 GB.",
    needs_key=False,
)


def choices(settings: ModelSettings) -> list[ModelChoice]:
    """All models that the page offers, the default one first."""
    offered = list(HUB_MODELS)
    if settings.base_url:
        offered.append(_server_choice(settings))
    elif settings.model_id and all(choice.id != settings.model_id for choice in offered):
        offered.append(_hub(settings.model_id, settings.model_id, "Chosen by this app's operator."))
    if settings.embedded:
        offered.append(EMBEDDED_CHOICE)
    default = default_choice(settings)
    return sorted(offered, key=lambda choice: choice.id != default)


def default_choice(settings: ModelSettings) -> str:
    """The id of the model for who has not chosen: own server, else providers, else embedded."""
    if settings.base_url:
        return SERVER
    if settings.hub_token or not settings.embedded:
        return settings.model_id or HUB_MODELS[0].id
    return EMBEDDED


def make_model(
    choice: str, settings: ModelSettings, *, key: str = "", offered: Sequence[ModelChoice] = ()
) -> Model:
    """The model of that id, with the visitor's `key` if given, else the app's own.

    The embedded model is one for all: the app makes it once and keeps it.

    Args:
        choice: an id of `choices(settings)`.
        settings: what the app was set up with.
        key: the visitor's Hugging Face token.
        offered: `choices(settings)`, if it is at hand.

    Raises:
        agent.errors.ConfigurationError: an unknown id, or a key is needed and there is none.
    """
    known = next((c for c in offered or choices(settings) if c.id == choice), None)
    if known is None:
        raise ConfigurationError(f"There is no model {choice!r} here. Choose one from the list.")
    if known.id == EMBEDDED:
        from agent.models.embedded.model import EmbeddedModel

        return EmbeddedModel()
    from agent.models.chat import InferenceClientModel

    if known.id == SERVER:
        # The visitor's token is for Hugging Face: it never goes to another server.
        return InferenceClientModel(
            settings.model_id or "default",
            base_url=settings.base_url,
            api_key=settings.base_url_key,
            name=known.label,
        )
    token = key or settings.hub_token
    if not token:
        raise ConfigurationError(
            f"{known.label} needs a Hugging Face token. Create one at "
            "https://huggingface.co/settings/tokens and paste it, or choose the embedded model."
        )
    return InferenceClientModel(known.id, token=token)


def _server_choice(settings: ModelSettings) -> ModelChoice:
    return ModelChoice(
        id=SERVER,
        label=settings.model_id or "Model server",
        hint=f"Answers from {settings.base_url}, which this app's operator has set up.",
        needs_key=False,
    )
