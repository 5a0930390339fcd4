"""From the names that code imports to the packages that bring them."""

from __future__ import annotations

import sys
from collections.abc import Iterable

# import name -> package, where they differ
PACKAGES = {
    "Bio": "biopython",
    "Crypto": "pycryptodome",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "GitPython",
    "jwt": "PyJWT",
    "mpl_toolkits": "matplotlib",
    "pptx": "python-pptx",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}


def packages_for(imports: Iterable[str]) -> dict[str, str]:
    """The package of each top-level import name that is not in the standard library.

    `numpy.*` and `numpy.linalg` count as `numpy`; `*` names nothing. A name that is no identifier
    is refused, so that nothing but a name can reach the installer.

    Raises:
        ValueError: a name is not a dotted Python name.
    """
    found: dict[str, str] = {}
    for name in imports:
        top = name.split(".")[0]
        if top == "*" or top in sys.stdlib_module_names:
            continue
        if not (top.isascii() and top.isidentifier()):
            raise ValueError(f"{name!r} is not the name of a Python module")
        found[top] = PACKAGES.get(top, top)
    return found
