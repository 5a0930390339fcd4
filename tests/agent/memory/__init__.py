"""Tests of what keeps a conversation inside a window."""
