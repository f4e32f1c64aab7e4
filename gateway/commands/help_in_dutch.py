"""What `--help` shows, in Dutch: the library that lays it out speaks English."""

import re
from collections.abc import Iterable
from typing import Final

import click

_HEADINGS: Final = {"Options": "Opties", "Commands": "Commando's", "Usage": "Gebruik"}
_PIECES: Final = {
    "OPTIONS": "OPTIES",
    "COMMAND": "COMMANDO",
    "ARGS": "VERDER",
    "DIRECTORY": "MAP",
    "FILE": "BESTAND",
    "FLOAT RANGE": "GETAL",
    "INTEGER RANGE": "GETAL",
    "PATH": "PAD",
    "TEXT": "TEKST",
}
_PIECE: Final = re.compile("|".join(rf"\b{each}\b" for each in _PIECES))
_MOMENT: Final = {"%Y": "JJJJ", "%m": "MM", "%d": "DD", "%H": "UU", "%M": "MM", "%S": "SS"}
#: What the library itself says of an option.
_SAID: Final = {
    "Show this message and exit.": "Toon deze uitleg.",
    "[default: ": "[standaard: ",
    "[required]": "[verplicht]",
    "; required]": "; verplicht]",
}


class Commandos(click.Group):
    """A group that tells the whole first sentence of each command, however narrow the screen."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The names, and what each is for."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, _first_sentence(each)) for name, each in found if each is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class DutchHelp(click.HelpFormatter):
    """Lays it out as the library does; the words of the library are Dutch."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How it is called."""
        super().write_usage(prog, in_dutch(args), prefix or f"{_HEADINGS['Usage']}: ")

    def write_heading(self, heading: str) -> None:
        """What stands over a part."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Options or commands, and what each is for."""
        told = [(in_dutch(name), _said(text)) for name, text in rows]
        super().write_dl(told, col_max, col_spacing)


def in_dutch(pieces: str) -> str:
    """What stands for what is to be filled in: words in capitals, and the form of a date."""
    for sign, letters in _MOMENT.items():
        pieces = pieces.replace(sign, letters)
    return _PIECE.sub(lambda found: _PIECES[found[0]], pieces)


def _first_sentence(command: click.Command) -> str:
    return command.get_short_help_str(limit=1_000)


def _said(text: str) -> str:
    for english, dutch in _SAID.items():
        text = text.replace(english, dutch)
    return text
