"""Tasks that nobody tunes on: the published figures come from these."""
