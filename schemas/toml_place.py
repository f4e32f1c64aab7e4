"""Where a text is no TOML, in words: the reader's own message is English and may quote the text."""

import re
from tomllib import TOMLDecodeError
from typing import Final

_PLACE: Final = re.compile(r"\(at line (?P<line>[0-9]+), column (?P<column>[0-9]+)\)")


def toml_place(error: TOMLDecodeError) -> str:
    """The line and the character, or the end of the text."""
    found = _PLACE.search(str(error))
    return f"regel {found['line']}, teken {found['column']}" if found else "het einde"
