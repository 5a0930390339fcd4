"""Which models the page offers, and which one a visitor gets without choosing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent.models.price import Price
from agent.models.profile import PROFILES, Profile
from agent.models.rate_limit import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model that the page offers."""

    id: str
    label: str
    hint: str
    """One line on what it is good for and what it needs."""
    needs_key: bool
    """Whether it answers only with a key, the visitor's or the server's."""
    profile: Profile = PROFILES["medium"]
    """How to talk to it, and what is known of it."""
    rate: Rate | None = None
    """What may be asked of it within a minute; None means what the app is set up with."""


def load_catalogue(path: Path) -> tuple[ModelChoice, ...]:
    """Read the models of the Hub that a TOML file recommends, in its order.

    Raises:
        OSError: the file cannot be read.
        tomllib.TOMLDecodeError: it is not TOML.
        KeyError: it names no model, or a model lacks a field or has an unknown profile.
        TypeError: a model has a field that is not known.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(_listed(**table) for table in tables["models"])


def _listed(
    *,
    id: str,
    label: str,
    hint: str,
    profile: str,
    rate: Mapping[str, int] | None = None,
    **facts: Any,
) -> ModelChoice:
    if "price" in facts:
        facts["price"] = Price(**facts["price"])
    choice = _hub(id, label, hint, replace(PROFILES[profile], **facts))
    return replace(choice, rate=Rate(**rate) if rate else None)


def _hub(id: str, label: str, hint: str, profile: Profile) -> ModelChoice:
    hint = f"{hint} Needs a Hugging Face token."
    return ModelChoice(id=id, label=label, hint=hint, needs_key=True, profile=profile)


HUB_MODELS = load_catalogue(Path(__file__).with_name("catalogue.toml"))
"""Open models that suit a code agent, best first."""

EMBEDDED = ModelChoice(
    id="embedded",
    label="Embedded: Qwen2.5-Coder 1.5B",
    hint="Runs on this machine: private and free, for easy tasks. Downloads 1.1 GB once.",
    needs_key=False,
    profile=PROFILES["small"],
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
        model_id,
        model_id.rpartition("/")[2],
        "Chosen by the operator of this app.",
        PROFILES["large"],
    )


def served_profile(model_id: str) -> Profile:
    """The profile of a model on a server of one's own, by the name that the server knows.

    What it costs there, and how much of its window the server gives, is not known.
    """
    known = (choice.profile for choice in HUB_MODELS if choice.id == model_id)
    return replace(next(known, CUSTOM.profile), context_tokens=None, price=None)


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
