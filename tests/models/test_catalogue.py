"""The offer and the default, as the operator's settings say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.models.catalogue import (
    CUSTOM,
    EMBEDDED,
    HUB_MODELS,
    ModelChoice,
    default_choice,
    hub_choice,
    load_catalogue,
    served_profile,
)
from agent.models.chat import InferenceClientModel
from agent.models.profile import PROFILES

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


@pytest.mark.parametrize("choice", HUB_MODELS, ids=lambda choice: choice.id)
def test_every_recommended_model_has_its_facts(choice: ModelChoice) -> None:
    profile = choice.profile
    assert profile.name in PROFILES
    assert profile.context_tokens is not None
    assert profile.max_output_tokens is not None
    assert 8_000 < profile.context_tokens <= 2_000_000
    assert profile.max_output_tokens < profile.context_tokens / 4
    assert profile.price is not None
    assert 0 < profile.price.input <= profile.price.output < 100
    assert (profile.price.cached or 0) < profile.price.input


def test_a_model_has_the_profile_of_its_catalogue_entry() -> None:
    assert InferenceClientModel(HUB).profile is HUB_MODELS[0].profile
    assert InferenceClientModel(HUB).max_tokens == HUB_MODELS[0].profile.max_output_tokens
    assert InferenceClientModel(HUB, max_tokens=7).max_tokens == 7
    assert InferenceClientModel("org/mine").profile == PROFILES["large"]
    assert InferenceClientModel("org/mine", profile=PROFILES["small"]).profile.guesses


def test_what_a_model_costs_and_holds_on_a_server_of_ones_own_is_not_known() -> None:
    profile = InferenceClientModel(HUB, base_url=SERVER).profile
    assert profile == served_profile(HUB)
    assert (profile.price, profile.context_tokens) == (None, None)
    assert profile.name == HUB_MODELS[0].profile.name
    assert served_profile("nonesuch") == PROFILES["medium"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('profile = "large"\nwindow = 5', TypeError),
        ('profile = "nonesuch"', KeyError),
        ('profile = "large"\nprice = { input = 1.0 }', TypeError),
    ],
)
def test_a_catalogue_with_a_mistake_is_not_taken(
    tmp_path: Path, line: str, error: type[Exception]
) -> None:
    path = tmp_path / "catalogue.toml"
    entry = '[[models]]\nid = "a/b"\nlabel = "B"\nhint = "B."\n'
    path.write_text(f'{entry}profile = "large"\n')
    assert load_catalogue(path)[0].id == "a/b"  # the control
    path.write_text(f"{entry}{line}\n")
    with pytest.raises(error):
        load_catalogue(path)


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
