"""Replies as models write them, by theme: what each one is, and what it comes to."""
