"""What a cell shows besides text: open figures, pictures and tables."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable
from typing import Any, cast

Show = Callable[[str, str, str], None]
"""Takes the MIME type, the data (base64 unless it is text) and a text that stands for it."""

_FILES = (("_repr_png_", "image/png"), ("_repr_jpeg_", "image/jpeg"))
_TEXTS = (
    ("_repr_html_", "text/html"),
    ("_repr_svg_", "image/svg+xml"),
    ("_repr_markdown_", "text/markdown"),
)


def show_rich(value: Any, show: Show, alt: str) -> bool:
    """Show `value` if it has a form that is richer than text; whether it has one."""
    kind = cast("Any", type(value))
    if _is_figure(value):
        return True  # it is open, so it is shown with the others
    for method, mime in _FILES:
        if callable(getattr(kind, method, None)):
            data = getattr(value, method)()
            if isinstance(data, bytes):
                show(mime, base64.b64encode(data).decode("ascii"), alt)
                return True
    for method, mime in _TEXTS:
        if callable(getattr(kind, method, None)):
            text = getattr(value, method)()
            if isinstance(text, str):
                show(mime, str.__str__(text), alt)  # a subclass could say that it is short
                return True
    return False


def show_figures(show: Show) -> None:
    """Show and close all open matplotlib figures."""
    pyplot = cast("Any", sys.modules.get("matplotlib.pyplot"))
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", bbox_inches="tight")
        show("image/png", base64.b64encode(buffer.getvalue()).decode("ascii"), _title(figure))
    pyplot.close("all")


def patch_pyplot(show: Show) -> None:
    """Make `plt.show()` show the open figures; the drawing backend itself has no window."""
    pyplot = cast("Any", sys.modules.get("matplotlib.pyplot"))
    if pyplot is not None:

        def show_all(*_: Any, **__: Any) -> None:
            show_figures(show)

        pyplot.show = show_all


def _title(figure: Any) -> str:
    titles = [axes.get_title() for axes in figure.axes]
    texts = [text for text in (figure.get_suptitle(), *titles) if text]
    return f"figure: {', '.join(texts)}" if texts else "figure"


def _is_figure(value: Any) -> bool:
    figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
    return isinstance(figure, type) and isinstance(value, figure)
