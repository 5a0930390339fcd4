"""Documents for the tests, made as their programs make them, and some that nobody should make."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date

import docx
import openpyxl


def pdf(*pages: str) -> bytes:
    """A PDF with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    body, places = b"%PDF-1.4\n", list[int]()
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF".encode()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Report", 0)
    document.add_heading("Numbers", 2)
    document.add_paragraph("Before the table.")
    table = document.add_table(2, 2)
    for row, texts in zip(table.rows, [("city", "size"), ("Bonn", "3|4")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("After it.", style="List Bullet")
    return _saved(document)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sales"
    for row in (("day", "sum", None), (date(2024, 2, 29), 3.0, None), ("a\nb", 1.25, None)):
        sheet.append(row)
    book.create_sheet("Empty")
    return _saved(book)


def bomb(size: int, *, declared: int) -> bytes:
    """An archive that unpacks to `size` bytes, and says that it is `declared`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * size)
    data = bytearray(buffer.getvalue())
    for place in (22, data.index(b"PK\1\2") + 24):
        data[place : place + 4] = struct.pack("<I", declared)
    return bytes(data)


def changed(document: bytes, name: str, content: bytes) -> bytes:
    """The archive `document` with other content in one of its files."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for one in source.namelist():
            archive.writestr(one, content if one == name else source.read(one))
    return buffer.getvalue()


def _saved(document: docx.document.Document | openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
