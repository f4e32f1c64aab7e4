"""The receipt on paper: one page, large letters, and the same bytes every time."""

import io
import subprocess
import sys
from datetime import date
from functools import cache
from itertools import product

import pypdfium2
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from gateway.receipt.paper import make_paper
from gateway.receipt.qr import QUIET, matrix
from privacy.consent import pairs_of
from schemas.terms import Doel
from tests.unit.gateway.receipt.receipts import ROOT, TALEN, a_record, a_sheet, a_statement

PARTNERS = frozenset({"IND", "DT&V", "AVIM"})
ALL_PAIRS = sorted(pairs_of(PARTNERS, frozenset(Doel)))
STATES = {
    "given": {},
    "refused": {"geweigerd": True},
    "withdrawn": {"ingetrokken_op": date(2020, 3, 1)},
}


@cache
def paper_of(taal: str) -> bytes:
    return make_paper(a_sheet(a_record(a_statement()), taal))


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def said(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


@pytest.mark.parametrize(("taal", "state"), list(product(TALEN, STATES)))
def test_it_is_one_page_of_a4_in_every_language_and_state(taal, state):
    pdf = make_paper(a_sheet(a_record(a_statement(**STATES[state])), taal))

    (page,) = read(pdf).pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


#: Each partner keeps something else, so that all three are told in full: the fullest sheets.
FULLEST = [
    frozenset({("DT&V", Doel.BEWARINGSTOETS), ("DT&V", Doel.MRT), ("DT&V", Doel.MUTATIES)})
    | {("IND", doel) for doel in Doel if doel is not Doel.MUTATIES},
    frozenset((who, doel) for who in PARTNERS for doel in (Doel.AANMELDING, Doel.MRT))
    | {("AVIM", Doel.CASUSOVERLEG), ("DT&V", Doel.BEWARINGSTOETS)}
    | {("IND", Doel.BEWARINGSTOETS), ("IND", Doel.MUTATIES)},
]


# Shrinking takes minutes, for one page of text is as good an example as another.
@settings(
    max_examples=max(3, settings.default.max_examples // 20),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
)
@example("fr", FULLEST[0])
@example("fr", FULLEST[1])
@given(st.sampled_from(TALEN), st.frozensets(st.sampled_from(ALL_PAIRS), max_size=8))
def test_it_stays_one_page_whatever_was_withdrawn_of_it(taal, gone):
    record = a_record(a_statement(uitgezonderd=gone))

    assert len(read(make_paper(a_sheet(record, taal))).pages) == 1


@pytest.mark.parametrize("taal", TALEN)
def test_no_letter_is_smaller_than_fourteen_points(taal):
    sizes = set()

    def visit(text, _cm, _tm, _font, size):
        if text.strip():
            sizes.add(size)

    read(paper_of(taal)).pages[0].extract_text(visitor_text=visit)

    assert min(sizes) >= 14


@pytest.mark.parametrize("taal", ["en", "fr", "nl"])
def test_all_that_it_says_can_be_read_out(taal):
    sheet = a_sheet(a_record(a_statement()), taal)

    told = said(paper_of(taal))

    parts = [sheet.titel, sheet.kop, sheet.tekst, sheet.allen, sheet.naam, sheet.vouwen]
    parts += [text for each in sheet.inzage for text in (each.wie, each.zien, each.waarvoor)]
    parts += [text for pair in sheet.hoe for text in pair]
    for part in filter(None, parts):
        assert " ".join(part.split()) in told


def test_letters_that_run_from_right_to_left_are_there_as_letters():
    told = said(paper_of("ar"))

    assert any("\u0600" <= sign <= "\u06ff" for sign in told)


@pytest.mark.parametrize("taal", TALEN)
def test_every_letter_comes_with_the_file(taal):
    fonts = read(paper_of(taal)).pages[0]["/Resources"]["/Font"].get_object()

    assert fonts
    for font in fonts.values():
        below = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in below["/FontDescriptor"].get_object()


@pytest.mark.parametrize("taal", TALEN)
def test_the_code_stands_on_it_module_for_module(taal):
    sheet = a_sheet(a_record(a_statement()), taal)
    page = pypdfium2.PdfDocument(paper_of(taal))[0]
    scale = 8
    image = page.render(scale=scale).to_pil().convert("L")

    found = _find_code(image, matrix(sheet.qr))

    assert found == matrix(sheet.qr)


def _find_code(image, rows):
    """Read the modules from the picture: 32 mm wide, against the margin, somewhere down."""
    pixels = image.width / 210
    size = 32 * pixels / (len(rows) + 2 * QUIET)
    for margin in (15 * pixels, (210 - 15 - 32) * pixels):
        left = margin + QUIET * size
        for top in _dark_edges(image, left, size):
            found = _read_code(image, left, top, size, len(rows))
            if found == rows:
                return found
    return None


def _read_code(image, left, top, size, side):
    return tuple(
        tuple(
            image.getpixel((int(left + (across + 0.5) * size), int(top + (down + 0.5) * size)))
            < 128
            for across in range(side)
        )
        for down in range(side)
    )


def _dark_edges(image, left, size):
    """Where seven dark modules begin side by side: perhaps the top of a finder."""
    before = False
    for top in range(image.height // 4, image.height - int(40 * size)):
        dark = all(image.getpixel((int(left + (n + 0.5) * size), top)) < 128 for n in range(7))
        if dark and not before:
            yield top
        before = dark


def test_con_04_another_process_on_another_day_makes_the_same_bytes():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from gateway.receipt.paper import make_paper\n"
        "from tests.unit.gateway.receipt.receipts import a_record, a_sheet, a_statement\n"
        "sys.stdout.buffer.write(make_paper(a_sheet(a_record(a_statement()), 'ar')))\n"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code, str(ROOT)],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }

    assert made == {paper_of("ar")}


def test_the_file_is_dated_by_the_consent_and_names_nobody():
    told = read(paper_of("nl")).metadata

    assert told.creation_date.date() == date(2020, 1, 1)
    assert set(told) <= {"/CreationDate", "/Producer", "/Title"}
