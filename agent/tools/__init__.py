"""The functions that an agent can call from its code."""
