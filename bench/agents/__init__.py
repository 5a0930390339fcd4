"""How many tasks two agents solve with the same model, and what each of them costs."""
