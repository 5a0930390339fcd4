"""What can go wrong around an agent, each with a message that a person can act on.

AgentError
├── ModelError
│   ├── ModelRefused       the service said no: key, access, credit, model name, request
│   ├── ModelUnavailable   it could not answer: unreachable, overloaded, timed out, cut off
│   └── ContextTooLong     the conversation does not fit into the model's window
├── RunFailed              a run in a script ended with a fault
├── SessionBusy            a run is already going on in this conversation
├── SessionLimit           too many runs or conversations on this server
└── ConfigurationError     the app or the agent was put together wrongly
"""

from __future__ import annotations


class AgentError(Exception):
    """Base. The message is one or two calm sentences for the person; details go to the log."""


class ModelError(AgentError):
    """The model did not give a complete reply."""


class ModelRefused(ModelError):
    """The service refused: trying again without a change cannot help."""


class ModelUnavailable(ModelError):
    """The service could not answer now: trying again later can help."""


class ContextTooLong(ModelError):
    """The messages do not fit into the model's context window."""


class SessionBusy(AgentError):
    """A run is already going on in this conversation."""


class SessionLimit(AgentError):
    """This server has reached its number of runs or conversations."""


class ConfigurationError(AgentError):
    """A setting or an argument is wrong; the message names it and what to set instead."""


class RunFailed(AgentError):
    """A run in a script ended with a fault; the message says which."""
