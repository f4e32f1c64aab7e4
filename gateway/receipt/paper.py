"""The receipt on paper: one side of A4, in letters of fourteen points and more.

Only one side is printed, so that the sheet can be folded with all of it on the inside. The same
sheet gives the same bytes, whenever it is made (CON-04): dates are those of the consent.
"""

from datetime import UTC, datetime, time
from typing import Final, NamedTuple

from fpdf.enums import Align, TextDirection, XPos, YPos

from gateway.receipt.letters import FAMILY, POINT, Lettered
from gateway.receipt.qr import QUIET, matrix
from gateway.receipt.sheet import Blad
from privacy.notice_texts import Richting

_BODY: Final = 14.0
_HEADING: Final = 15.0
_TITLE: Final = 20.0
_WIDTH, _HEIGHT = 210.0, 297.0
_CODE: Final = 32.0
#: Of the gap between two sections: what stands between two parts of one.
_PART: Final = 0.6


class _Density(NamedTuple):
    """How closely it stands, in mm but for `line`: only that gives way, never a letter's size."""

    line: float
    gap: float
    edge: float
    side: float = 15.0


#: From roomy to close; what does not even fit in the last is roomy again, on two pages.
_DENSITIES: Final = (
    _Density(1.32, 3.2, 14.0),
    _Density(1.22, 2.2, 12.0),
    _Density(1.14, 1.4, 10.0),
    _Density(1.08, 0.8, 8.0),
    _Density(1.05, 0.3, 6.0, side=7.0),
)


class _Paper(Lettered):
    """A sheet being written, from top to bottom."""

    def __init__(self, blad: Blad, density: _Density) -> None:
        super().__init__(blad.titel, blad.taal, datetime.combine(blad.dag, time(), UTC))
        self._density = density
        self._side = density.side
        self._rtl = blad.richting is Richting.RTL
        self._align = Align.R if self._rtl else Align.L
        self.set_margins(self._side, density.edge, self._side)
        self.set_auto_page_break(auto=True, margin=density.edge)
        way = TextDirection.RTL if self._rtl else TextDirection.LTR
        self.set_text_shaping(use_shaping_engine=True, direction=way)
        self.add_page()

    def say(self, text: str, size: float = _BODY, style: str = "", width: float = 0) -> None:
        """A paragraph from here down."""
        self.set_font(FAMILY, style, size)
        self.multi_cell(
            width,
            size * POINT * self._density.line,
            text,
            align=self._align,
            new_x=XPos.LEFT,
            new_y=YPos.NEXT,
        )

    def gap(self, times: float = 1.0) -> None:
        """Room between two parts."""
        self.set_xy(self._side, self.get_y() + self._density.gap * times)

    def rule(self, width: float = 0.3) -> None:
        """A line across."""
        self.set_line_width(width)
        self.line(self._side, self.get_y(), _WIDTH - self._side, self.get_y())

    def code(self, blad: Blad) -> None:
        """The QR code, and beside it the same digest to read aloud."""
        top = self.get_y()
        if top + _CODE > _HEIGHT - self._density.edge:
            self.add_page()
            top = self.get_y()
        left = _WIDTH - self._side - _CODE if not self._rtl else self._side
        self._modules(blad.qr, left, top)
        beside = self._side if not self._rtl else self._side + _CODE + 3
        self.set_xy(beside, top)
        width = _WIDTH - 2 * self._side - _CODE - 3
        self.say(blad.code, width=width)
        self.set_x(beside)
        self._digest(blad.groepen, width)
        self.set_xy(self._side, max(self.get_y(), top + _CODE))

    def _digest(self, groups: tuple[str, ...], width: float) -> None:
        # Hexadecimal runs from left to right in any script.
        self.set_font(FAMILY, "", _BODY)
        self.multi_cell(width, _BODY * POINT * self._density.line, " ".join(groups), align=Align.L)

    def _modules(self, text: str, left: float, top: float) -> None:
        rows = matrix(text)
        size = _CODE / (len(rows) + 2 * QUIET)
        self.set_fill_color(0)
        for down, row in enumerate(rows):
            for across, dark in enumerate(row):
                if dark:
                    x, y = left + (across + QUIET) * size, top + (down + QUIET) * size
                    self.rect(x, y, size, size, style="F")


def make_paper(blad: Blad) -> bytes:
    """The sheet as PDF, on one page wherever that can be done with letters of this size."""
    made = b""
    for density in (*_DENSITIES, _DENSITIES[0]):
        paper = _written(blad, density)
        made = bytes(paper.output())
        paper.close_fonts()
        if paper.page_no() == 1:
            break
    return made


def _written(blad: Blad, density: _Density) -> _Paper:
    paper = _Paper(blad, density)
    _head(paper, blad)
    _who_sees_what(paper, blad)
    for text in blad.overig:
        paper.say(text)
        paper.gap(_PART)
    for heading, text in blad.hoe:
        paper.say(heading, _HEADING, "B")
        paper.say(text)
        paper.gap(_PART)
    _foot(paper, blad)
    return paper


def _head(paper: _Paper, blad: Blad) -> None:
    paper.say(blad.titel, _TITLE, "B")
    paper.say(blad.organisatie)
    paper.gap()
    paper.rule(0.8)
    paper.gap()
    paper.say(blad.kop, _TITLE, "B")
    paper.say(blad.tekst)
    paper.gap()
    paper.rule()
    paper.gap()


def _who_sees_what(paper: _Paper, blad: Blad) -> None:
    if blad.inzage:
        paper.say(blad.inzagekop, _HEADING, "B")
    if blad.allen:
        paper.say(blad.allen)
        paper.gap(_PART)
    for each in blad.inzage:
        paper.say(each.wie, style="B")
        for text in filter(None, (each.zien, each.waarvoor)):
            paper.say(text)
        paper.gap(_PART)


def _foot(paper: _Paper, blad: Blad) -> None:
    paper.code(blad)
    paper.gap()
    paper.say(blad.naam)
    paper.gap(3)
    paper.rule(0.2)
    paper.gap(_PART)
    paper.say(blad.vouwen)
    paper.say(blad.herkomst)
