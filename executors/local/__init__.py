"""Code in a locked-down process of this machine."""
