"""Documents as text: a process of its own for each, because their formats are large and hostile."""
