"""Refuses archives that would unpack to more than they should: docx and xlsx are zip files."""

from __future__ import annotations

import io
import zipfile

MOST_UNPACKED = 200 << 20
"""Bytes of all files in an archive together."""
MOST_FILES = 5_000


def check_archive(data: bytes) -> None:
    """Let an archive of decent size pass.

    The sizes are those that it declares; Python's reader gives no more than that of each file.

    Raises:
        ValueError: it is no archive, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as exc:
        raise ValueError("it is damaged, or not what its name says") from exc
    if len(entries) > MOST_FILES:
        raise ValueError(f"it holds more than {MOST_FILES:,} files")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise ValueError(f"it unpacks to more than {MOST_UNPACKED >> 20} MB")
