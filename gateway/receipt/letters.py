"""PDF on A4, in letters that we bring along: they have every language that we print in."""

from datetime import datetime
from importlib.resources import files
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

FAMILY: Final = "DejaVu"
#: Millimetres in a point.
POINT: Final = 25.4 / 72
_FONTS: Final = files("gateway.receipt").joinpath("fonts")
_FILES: Final = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}


class Lettered(FPDF):
    """A document without a page yet; of the same moment and content it has the same bytes."""

    def __init__(self, title: str, language: str, made: datetime) -> None:
        super().__init__(format="A4", unit="mm")
        for style, name in _FILES.items():
            self.add_font(FAMILY, style, str(_FONTS.joinpath(name)))
        self.set_creation_date(made)
        self.set_producer("lso-gateway")
        self.set_title(title)
        self.set_lang(language)

    def close_fonts(self) -> None:
        """Let go of the files of the letters, which would stay open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
