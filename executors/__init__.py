"""Where code runs. Knows no agent, no model and no user interface."""
