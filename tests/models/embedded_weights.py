"""Where the tests find the real weights, and when they may fetch them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.models.embedded import EmbeddedModel
from agent.models.embedded.weights import Weights, default_cache


def weights_path() -> Path | None:
    """The weights on this machine; None where they are missing and may be fetched.

    Skips the test where they are missing and may not be fetched.
    """
    named = os.environ.get("SANDGLASS_MODEL_PATH")
    found = Path(named) if named else Weights().find()
    if found is None and not os.environ.get("SANDGLASS_FETCH_MODEL"):
        pytest.skip(
            "the embedded model is not on this machine: set SANDGLASS_MODEL_PATH to it, or "
            "SANDGLASS_FETCH_MODEL=1 to download it (1.1 GB)"
        )
    return found


def model_cache() -> Path:
    """A cache that outlives the test run: what is measured and checked once need not be again."""
    return default_cache()


def real_model(**kw: object) -> EmbeddedModel:
    return EmbeddedModel(path=weights_path(), cache_dir=model_cache(), **kw)  # type: ignore[arg-type]
