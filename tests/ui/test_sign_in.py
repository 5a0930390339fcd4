"""Sign-in exists on a Space only, and a typed key comes before it."""

from __future__ import annotations

import pytest

from ui.sign_in import model_key, offers_sign_in

SPACE = {"SYSTEM": "spaces", "SPACE_ID": "me/sandglass", "OAUTH_CLIENT_ID": "client"}


def test_sign_in_is_offered_on_a_space_that_has_it() -> None:
    assert offers_sign_in(SPACE)


@pytest.mark.parametrize("missing", SPACE)
def test_sign_in_is_offered_nowhere_else(missing: str) -> None:
    assert not offers_sign_in(SPACE | {missing: ""})
    assert not offers_sign_in({k: v for k, v in SPACE.items() if k != missing})


@pytest.mark.parametrize(
    ("typed", "signed_in", "key"),
    [
        (" hf_typed ", "hf_oauth", "hf_typed"),
        ("", "hf_oauth", "hf_oauth"),
        ("  ", "hf_oauth", "hf_oauth"),
        (None, None, ""),
        ("hf_typed", None, "hf_typed"),
    ],
)
def test_which_key_is_used(typed: str | None, signed_in: str | None, key: str) -> None:
    assert model_key(typed, signed_in) == key
