"""Wall 1: what code may say. A policy (data), a rewrite of the syntax tree, and run-time guards."""
