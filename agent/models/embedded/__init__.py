"""A small model that runs in a process of ours: no key, no account, nothing leaves the machine."""

from agent.models.embedded.model import EmbeddedModel

__all__ = ["EmbeddedModel"]
