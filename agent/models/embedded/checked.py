"""Whether a file has the hash it must have; a long check is made once and remembered."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path

log = logging.getLogger(__name__)


def sha256_of(path: Path) -> str:
    """The file's hash, in hexadecimal. About a second for each gigabyte or two."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def has_hash(path: Path, *, size: int, sha256: str, stamps: Path) -> bool:
    """Whether `path` is a file of that size and hash.

    Args:
        path: the file; it need not exist.
        size: its bytes.
        sha256: in hexadecimal.
        stamps: the folder that remembers checks. A file whose size or modification time has
            changed since is checked again.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    if found.st_size != size:
        return False
    stamp = stamps / f"{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]}.json"
    seen = {"size": found.st_size, "mtime_ns": found.st_mtime_ns, "sha256": sha256}
    if _read(stamp) == seen:
        return True
    if sha256_of(path) != sha256:
        log.warning("%s does not have the expected hash and is not used", path)
        return False
    _write(stamp, seen)
    return True


def _read(stamp: Path) -> object:
    try:
        return json.loads(stamp.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _write(stamp: Path, seen: Mapping[str, object]) -> None:
    """A stamp that cannot be written only costs the check again."""
    try:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(json.dumps(seen), encoding="utf-8")
    except OSError as exc:
        log.info("the check of the weights cannot be remembered: %s", exc)
