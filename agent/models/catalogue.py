"""Which models the page offers, and which one a visitor gets without choosing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model that the page offers."""

    id: str
    label: str
    hint: str
    """One line on what it is good for and what it needs."""
    needs_key: bool
    """Whether it answers only with a key, the visitor's or the server's."""


def _hub(id: str, label: str, hint: str) -> ModelChoice:
    return ModelChoice(
        id=id, label=label, hint=f"{hint} Needs a Hugging Face token.", needs_key=True
    )


HUB_MODELS: tuple[ModelChoice, ...] = (
    _hub(
        "Qwen/Qwen3-Coder-Next",
        "Qwen3 Coder Next",
        "Fast and made for code agents; the best start.",
    ),
    _hub(
        "deepseek-ai/DeepSeek-V4-Flash",
        "DeepSeek V4 Flash",
        "Quick, and strong at reasoning over many steps.",
    ),
    _hub(
        "zai-org/GLM-5.2",
        "GLM 5.2",
        "Large, good at long tasks with tools.",
    ),
    _hub(
        "moonshotai/Kimi-K2.6",
        "Kimi K2.6",
        "Very large, good at plans and texts.",
    ),
    _hub(
        "MiniMaxAI/MiniMax-M2.7",
        "MiniMax M2.7",
        "Large, good at code over many steps.",
    ),
    _hub(
        "openai/gpt-oss-120b",
        "gpt-oss 120B",
        "Open weights, thinks before it acts.",
    ),
)
"""Open models that suit a code agent, best first. Edit it freely: it is only data."""

EMBEDDED = ModelChoice(
    id="embedded",
    label="Embedded: Qwen2.5-Coder 1.5B",
    hint="Runs on this machine: private and free, for easy tasks. Downloads 1.1 GB once.",
    needs_key=False,
)

CUSTOM = ModelChoice(
    id="custom",
    label="Model server",
    hint="The OpenAI-compatible server that this app is set up with.",
    needs_key=False,
)


def hub_choice(model_id: str) -> ModelChoice:
    """The choice for any model of the Hub, from the list or not."""
    known = (choice for choice in HUB_MODELS if choice.id == model_id)
    return next(known, None) or _hub(
        model_id, model_id.rpartition("/")[2], "Chosen by the operator of this app."
    )


def default_choice(
    *, base_url: str | None = None, hf_token: str = "", model: str | None = None
) -> str:
    """The id of the model for who has not chosen.

    Args:
        base_url: an OpenAI-compatible server that the app is set up with; it comes first.
        hf_token: the app's own Hugging Face token; with one, Inference Providers come next.
        model: the operator's wish: a model of the Hub, or `embedded`. With a base URL it is that
            server's model, and changes nothing here.
    """
    if base_url:
        return CUSTOM.id
    if model:
        return model
    return HUB_MODELS[0].id if hf_token else EMBEDDED.id
