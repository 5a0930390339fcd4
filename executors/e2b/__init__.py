"""Code in an E2B cloud sandbox."""
