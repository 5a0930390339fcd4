"""How fast the local executor runs code, next to plain Python and to its peers."""
