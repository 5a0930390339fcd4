"""Whether visitors can sign in with Hugging Face here, and which key a model then gets."""

from __future__ import annotations

from collections.abc import Mapping


def offers_sign_in(environment: Mapping[str, str]) -> bool:
    """Whether this is a Space with sign-in set up.

    Anywhere else Gradio would sign every visitor in with the machine's own token.
    """
    space = environment.get("SYSTEM") == "spaces" and environment.get("SPACE_ID")
    return bool(space and environment.get("OAUTH_CLIENT_ID"))


def model_key(typed: str | None, signed_in: str | None) -> str:
    """What the visitor typed, else the token of who signed in; empty means the server's own."""
    return (typed or "").strip() or (signed_in or "")
