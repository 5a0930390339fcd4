"""The offer and the default, as the operator's settings say."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from agent.models.catalogue import CUSTOM, EMBEDDED, HUB_MODELS, default_choice, hub_choice

HUB = HUB_MODELS[0].id
SERVER = "http://localhost:8080"


@pytest.mark.parametrize(
    ("settings", "chosen"),
    [
        ({}, EMBEDDED.id),
        ({"hf_token": "hf_x"}, HUB),
        ({"base_url": SERVER}, CUSTOM.id),
        ({"base_url": SERVER, "hf_token": "hf_x", "model": "llama"}, CUSTOM.id),
        ({"hf_token": "hf_x", "model": "org/mine"}, "org/mine"),
        ({"hf_token": "hf_x", "model": "embedded"}, EMBEDDED.id),
    ],
)
def test_the_default(settings: dict[str, Any], chosen: str) -> None:
    assert default_choice(**settings) == chosen


def test_every_choice_is_told_apart_and_says_what_it_needs() -> None:
    everything = [*HUB_MODELS, EMBEDDED, CUSTOM]
    assert len({choice.id for choice in everything}) == len(everything)
    assert len({choice.label for choice in everything}) == len(everything)
    for choice in HUB_MODELS:
        assert choice.needs_key
        assert choice.hint.endswith("Needs a Hugging Face token.")
        assert len(choice.hint) < 100


def test_a_model_of_the_operator() -> None:
    assert hub_choice(HUB) is HUB_MODELS[0]
    assert hub_choice("org/mine").label == "mine"
    assert hub_choice("org/mine").needs_key


@pytest.mark.parametrize(
    ("statement", "loaded"),
    [
        ("import agent.models.base", False),
        ("import agent.models.catalogue", False),
        ("from agent.models import ScriptedModel", False),
        ("from agent.models import InferenceClientModel", True),  # the control
    ],
)
def test_the_http_client_loads_on_first_use(statement: str, loaded: bool) -> None:
    code = f"import sys; {statement}; print('huggingface_hub' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(loaded)


def test_unknown_names_are_attribute_errors() -> None:
    import agent.models

    with pytest.raises(AttributeError, match="no attribute 'Nonesuch'"):
        _ = agent.models.Nonesuch
