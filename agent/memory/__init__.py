"""A conversation that stays inside a model's window: records, tokens, compaction, variables."""
