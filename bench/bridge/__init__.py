"""How long a tool call takes from the code to the host and back, here and far away."""
