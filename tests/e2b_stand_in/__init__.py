"""A stand-in for the E2B service: one process, one port, real Jupyter kernels, no isolation.

The unmodified SDK talks to it. Written from the wire format alone, for tests.
"""
