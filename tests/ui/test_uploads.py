"""Files for the next message: whole, bounded, and under a name that is only a name."""

from __future__ import annotations

import base64

import pytest

from ui import uploads
from ui.uploads import Refused, Shelf, Tray


def add(tray: Tray, name: str, data: bytes, *, part: int = 1_500_000) -> None:
    for offset in range(0, max(len(data), 1), part):
        piece = base64.b64encode(data[offset : offset + part]).decode()
        tray.take(name, len(data), offset, piece)


def test_parts_become_the_file() -> None:
    shelf = Shelf()
    tray = Tray(shelf)
    data = bytes(range(256)) * 50
    add(tray, "a.bin", data, part=999)
    add(tray, "empty.txt", b"")
    assert tray.listed() == [
        {"name": "a.bin", "size": len(data)},
        {"name": "empty.txt", "size": 0},
    ]
    assert shelf.room == uploads.MAX_HELD_BYTES - len(data)
    assert tray.give() == {"a.bin": data, "empty.txt": b""}
    assert (tray.give(), tray.listed(), shelf.room) == ({}, [], uploads.MAX_HELD_BYTES)


def test_a_file_that_is_not_whole_yet_is_not_listed_nor_given() -> None:
    shelf = Shelf()
    tray = Tray(shelf)
    tray.take("a.bin", 10, 0, base64.b64encode(b"123").decode())
    assert tray.listed() == []
    assert tray.give() == {}
    assert shelf.room == uploads.MAX_HELD_BYTES


def test_the_same_name_replaces_and_a_removed_file_is_gone() -> None:
    tray = Tray(Shelf())
    add(tray, "a.txt", b"one")
    add(tray, "a.txt", b"second")
    add(tray, "b.txt", b"b")
    tray.remove("b.txt")
    tray.remove("none.txt")
    assert tray.give() == {"a.txt": b"second"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\My data.csv", "My data.csv"),
        (".env", "env"),
        ("a\0b\nc.txt", "abc.txt"),
        ("", "file"),
        ("..", "file"),
        ("résumé 数据.csv", "résumé 数据.csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("数" * 99 + ".csv", "数" * 65 + ".csv"),
        ('a<b>:"|?*.txt', "ab.txt"),
    ],
)
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    tray = Tray(Shelf())
    add(tray, given, b"1")
    assert list(tray.give()) == [kept]


def test_a_replacement_that_is_refused_leaves_the_file_that_was_there() -> None:
    tray = Tray(Shelf(room=100))
    add(tray, "a", b"good")
    for size in (uploads.MAX_FILE_BYTES + 1, 101):
        with pytest.raises(Refused):
            tray.take("a", size, 0, "")
    add(tray, "a", b"x" * 98)  # its own room counts as free
    assert tray.give() == {"a": b"x" * 98}


def test_files_whose_message_did_not_go_are_back() -> None:
    shelf = Shelf(room=10)
    tray = Tray(shelf)
    add(tray, "a", b"12345")
    given = tray.give()
    add(tray, "b", b"123")
    tray.put_back({**given, "b": b"old", "c": b"too much"})
    assert tray.listed() == [{"name": "b", "size": 3}, {"name": "a", "size": 5}]
    assert shelf.room == 2


def test_what_is_too_much_is_refused_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    tray = Tray(Shelf(room=100))
    for size in (uploads.MAX_FILE_BYTES + 1, -1):
        with pytest.raises(Refused, match="larger than 25 MB"):
            tray.take("a", size, 0, "")
    with pytest.raises(Refused, match="cannot take more files right now"):
        tray.take("a", 101, 0, "")
    monkeypatch.setattr(uploads, "MAX_FILES", 1)
    add(tray, "a", b"1")
    with pytest.raises(Refused, match="At most 1 files"):
        add(tray, "b", b"1")


@pytest.mark.parametrize(
    ("name", "offset", "part"),
    [
        ("a", 5, "MTIz"),
        ("other", 3, "MTIz"),
        ("a", 3, "no base64!"),
        ("a", 3, "é"),
        ("a", 3, "MTIzNDU2"),
    ],
)
def test_parts_that_do_not_fit_are_refused(name: str, offset: int, part: str) -> None:
    shelf = Shelf()
    tray = Tray(shelf)
    tray.take("a", 5, 0, "MTIz")
    with pytest.raises(Refused):
        tray.take(name, 5, offset, part)
    assert tray.give() == {}
    assert shelf.room == uploads.MAX_HELD_BYTES
