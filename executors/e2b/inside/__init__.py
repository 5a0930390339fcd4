"""What runs inside the sandbox's kernel. Standard library only: the texts of these files are sent.

`executors.e2b.prelude` installs them there under their own names, so imports are as they are here.
"""
