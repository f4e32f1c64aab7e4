"""Pages escape whatever they show, and may do nothing but show it."""

import pytest
from jinja2 import UndefinedError

from gateway.console.faults import TABLE, page_for
from gateway.console.pages import policy, render


def test_what_is_shown_is_text_and_never_markup():
    html = render("melding.html", titel="<script>", tekst='"><img src=x>', button="", anew=False)

    assert "<script" not in html
    assert "<img" not in html


def test_a_value_that_a_page_misses_is_an_error_and_not_a_blank():
    with pytest.raises(UndefinedError):
        render("melding.html", titel="Console")


def test_forms_lead_to_ourselves_and_the_provider_only():
    told = policy("https://aanmelden.example")["Content-Security-Policy"]

    assert "default-src 'none'" in told
    assert "form-action 'self' https://aanmelden.example;" in told
    assert "frame-ancestors 'none'" in told
    assert "script-src" not in told


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.__name__)
def test_every_refusal_is_a_page_in_dutch_that_is_not_kept(kind):
    error = kind.__new__(kind)
    error.minutes = 15

    page = page_for(error)

    html = page.get_data(as_text=True)
    assert page.status_code == TABLE[kind].status
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-store"
    assert '<html lang="nl">' in html
    assert TABLE[kind].titel in html
    assert "{" not in html
