"""The QR code of a receipt, as rows of dark and light; the same text always gives the same."""

from typing import Final

import segno

#: The white border that a reader needs (ISO/IEC 18004).
QUIET: Final = 4


def matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules, True for dark, without the white border; a tenth of it may be damaged."""
    made = segno.make_qr(text, error="m", boost_error=False)
    return tuple(tuple(module % 2 == 1 for module in row) for row in made.matrix)
