"""The report on paper: A4 in large type, one block for each line of the log.

The same report gives the same bytes. It is made of what the gate let out, and of nothing else.
"""

from collections.abc import Mapping
from typing import Final, cast

from fpdf.enums import Align, MethodReturnValue, XPos, YPos

from gateway.inzage.sheet import Deel, Melding, Overzicht, make_overzicht
from gateway.receipt.letters import FAMILY, POINT, Lettered
from gateway.receipt.words import Woorden
from privacy.notice_texts import USUAL

_TITLE: Final = 20.0
_HEADING: Final = 16.0
_BODY: Final = 14.0
#: What a machine or an expert reads.
_PROOF: Final = 9.0
_LINE: Final = 1.25
_EDGE: Final = 16.0
_FOOT: Final = 20.0
_GAP: Final = 4.0
#: A block begins on a new page rather than leave its heading alone at the foot of this one.
_ROOM: Final = 30.0


class _Paper(Lettered):
    def __init__(self, told: Overzicht) -> None:
        super().__init__(told.titel, "nl", told.gemaakt)
        self.set_margins(_EDGE, _EDGE, _EDGE)
        self.set_auto_page_break(auto=True, margin=_FOOT)
        self.add_page()

    def footer(self) -> None:
        """Which page of how many: so that a missing one shows."""
        self.set_y(-_FOOT + _GAP)
        self.set_font(FAMILY, "", _PROOF)
        self.cell(0, _GAP, f"Bladzijde {self.page_no()} van {{nb}}", align=Align.C)

    def say(self, text: str, size: float = _BODY, style: str = "") -> None:
        """A paragraph from here down."""
        self.set_font(FAMILY, style, size)
        height = size * POINT * _LINE
        self.multi_cell(0, height, text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def height_of(self, text: str, size: float = _BODY, style: str = "") -> float:
        """How high a paragraph would be."""
        self.set_font(FAMILY, style, size)
        line = size * POINT * _LINE
        asked = MethodReturnValue.HEIGHT
        height = self.multi_cell(0, line, text, align=Align.L, dry_run=True, output=asked)
        return cast("float", height)

    def gap(self, following: float = _ROOM) -> None:
        """Room between two blocks; what does not fit on this page whole begins on the next."""
        if self.will_page_break(following + _GAP):
            self.add_page()
        else:
            self.ln(_GAP)


def report_paper(body: bytes, words: Mapping[str, Woorden]) -> bytes:
    """A report that the gate let out, as PDF."""
    told = make_overzicht(body, words[USUAL])
    paper = _Paper(told)
    try:
        _write(paper, told)
        return bytes(paper.output())
    finally:
        paper.close_fonts()


def _write(paper: _Paper, told: Overzicht) -> None:
    paper.say(told.titel, _TITLE, "B")
    paper.gap()
    for text in told.inleiding:
        paper.say(text)
        paper.gap()
    for part in told.delen:
        _write_part(paper, part)
    for text in told.slot:
        paper.gap(paper.height_of(text))
        paper.say(text)


def _write_part(paper: _Paper, part: Deel) -> None:
    paper.say(part.kop, _HEADING, "B")
    for text in part.uitleg:
        paper.gap(paper.height_of(text))
        paper.say(text)
    for each in part.meldingen:
        _write_line(paper, each)
    paper.gap()


def _write_line(paper: _Paper, melding: Melding) -> None:
    block = [
        (melding.kop, _BODY, "B"),
        *((text, _BODY, "") for text in melding.tekst),
        (melding.bewijs, _PROOF, ""),
    ]
    paper.gap(sum(paper.height_of(*each) for each in block))
    for each in block:
        paper.say(*each)
