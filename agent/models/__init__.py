"""Language models behind one streaming protocol.

The classes load on first use: `import agent.models.base` must not cost an HTTP client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.models.base import Message, Model
    from agent.models.catalogue import ModelChoice
    from agent.models.chat import HfApiModel, InferenceClientModel
    from agent.models.embedded.model import EmbeddedModel
    from agent.models.fallback import FallbackModel
    from agent.models.profile import Profile
    from agent.models.scripted import ScriptedModel
    from agent.models.structured import StructuredClientModel

_HOMES = {
    "EmbeddedModel": "agent.models.embedded.model",
    "FallbackModel": "agent.models.fallback",
    "HfApiModel": "agent.models.chat",
    "InferenceClientModel": "agent.models.chat",
    "Message": "agent.models.base",
    "Model": "agent.models.base",
    "ModelChoice": "agent.models.catalogue",
    "Profile": "agent.models.profile",
    "ScriptedModel": "agent.models.scripted",
    "StructuredClientModel": "agent.models.structured",
}

__all__ = [
    "EmbeddedModel",
    "FallbackModel",
    "HfApiModel",
    "InferenceClientModel",
    "Message",
    "Model",
    "ModelChoice",
    "Profile",
    "ScriptedModel",
    "StructuredClientModel",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
