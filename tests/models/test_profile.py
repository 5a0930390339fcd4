"""The kinds of models as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.models.embedded import EmbeddedModel
from agent.models.profile import PROFILES, load_profiles


def test_the_four_kinds() -> None:
    assert list(PROFILES) == ["small", "medium", "large", "reasoning"]
    assert [name for name, profile in PROFILES.items() if profile.guesses] == ["small"]
    assert [name for name, profile in PROFILES.items() if profile.reminder] == ["small"]
    assert [name for name, profile in PROFILES.items() if not profile.think] == ["reasoning"]
    assert all(profile.name == name for name, profile in PROFILES.items())


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[tiny]\nexamples = ["terms"]\nthink = false\nopening = "<code>"\n')
    [tiny] = load_profiles(path).values()
    assert (tiny.name, tiny.examples, tiny.opening, tiny.closing) == (
        "tiny",
        ("terms",),
        "<code>",
        "```",
    )
    path.write_text("[tiny]\nexmples = []\nthink = false\n")
    with pytest.raises(TypeError, match="exmples"):
        load_profiles(path)


def test_the_embedded_model_knows_its_window() -> None:
    model = EmbeddedModel(context=4096)
    assert model.profile.name == "small"
    assert model.profile.context_tokens == 4096
