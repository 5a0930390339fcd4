"""What some tests need from the machine, and what a person reads when it is missing."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

needs_smolagents = pytest.mark.skipif(
    find_spec("smolagents") is None, reason='smolagents is not installed: pip install -e ".[bench]"'
)


def chromium() -> str | None:
    """The browser that the browser tests drive."""
    named = os.environ.get("CHROMIUM", "")
    candidates = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next((path for name in candidates if (path := shutil.which(name))), None)


def chromium_advice() -> str:
    if chromium():
        return ""
    return (
        "the browser tests are skipped: there is no Chromium. Install it "
        "('apt-get install chromium') or set CHROMIUM to its path."
    )


def model_advice() -> str:
    from agent.models.embedded.weights import Weights

    named = os.environ.get("SANDGLASS_MODEL_PATH")
    found = Weights(path=Path(named) if named else None).find()
    if os.environ.get("SANDGLASS_FETCH_MODEL") or found is not None:
        return ""
    return (
        "the tests with the real embedded model are skipped: it is not on this machine. Start the "
        "app once, or set SANDGLASS_FETCH_MODEL=1 to let the tests fetch it (1.1 GB)."
    )


def skip_unless(advice: str) -> None:
    """Skip the test with `advice`, if there is any; in CI nothing may be missing."""
    if not advice:
        return
    if os.environ.get("CI"):
        pytest.fail(advice)
    pytest.skip(advice)
