"""The settings say what keeps the code in, and first of all what does not."""

from __future__ import annotations

from executors.base import Protection
from executors.local.lockdown import FILES
from executors.local.walls import protections
from ui.protections import protections_html


def test_all_in_place() -> None:
    html = protections_html({"Local": protections(set())})
    assert html.count('<li class="holds">') == 6
    assert "all in place" in html
    assert "missing" not in html
    assert "open>" not in html


def test_what_is_missing_comes_first_and_is_seen_at_once() -> None:
    html = protections_html({"Local": protections({FILES})})
    assert "1 missing here" in html
    assert 'class="walls reduced" open' in html
    assert html.index('<li class="missing">Not on this machine') < html.index('<li class="holds">')


def test_nothing_is_claimed_where_nothing_is_known() -> None:
    assert protections_html({"Local": ()}) == ""


def test_text_is_text() -> None:
    html = protections_html({"<b>": [Protection(text="<script>")]})
    assert "<script>" not in html
    assert "<b>&lt;b&gt;</b>" in html
