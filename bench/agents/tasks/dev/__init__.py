"""Tasks on which prompts may be tuned."""
