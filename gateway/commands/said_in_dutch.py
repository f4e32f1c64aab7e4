"""What goes wrong on the command line, in Dutch: the library that reads it speaks English.

Only how it is told changes; the exit codes stay those of the library. A database that does not
answer, or is not up to date, ends in one sentence too: its own message would show the query.
"""

import re
import sys
from typing import Final, NoReturn

import click
from click.exceptions import Abort, NoArgsIsHelpError, NoSuchCommand
from sqlalchemy.exc import DBAPIError

from gateway.commands.help_in_dutch import DutchHelp, in_dutch
from gateway.commands.new_file import disk_fault

_DATABASE: Final = (
    "De database is niet te lezen of niet te schrijven, of is niet bij (voer uit: db upgrade)."
)
_QUOTED: Final = re.compile(r"'(.+)'")
_SHUT: Final = "mag niet gelezen of geschreven worden"
_FILES: Final = {
    "does not exist": "is er niet",
    "is a directory": "is een map, geen bestand",
    "is a file": "is een bestand, geen map",
}


def run(command: click.Command, name: str) -> None:
    """Run the program and end it: exit code 0 on success only."""
    click.Context.formatter_class = DutchHelp
    try:
        code = command.main(prog_name=name, standalone_mode=False)
    except Abort:
        _end("Afgebroken.", 1)
    except NoArgsIsHelpError as error:
        _end(error.format_message(), error.exit_code)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        if context is not None:
            click.echo(f"{_usage(context)}\n", err=True)
        _end(f"Fout: {_told(error)}", error.exit_code)
    except (DBAPIError, OSError) as error:
        told = _told_by_system(error)
        if told is None:
            raise
        _end(f"Fout: {told}", 1)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _told_by_system(error: DBAPIError | OSError) -> str | None:
    """What people can mend; None for a fault that names no file, which is one of ours."""
    if isinstance(error, DBAPIError):
        return _DATABASE
    return None if error.filename is None else disk_fault(error, error.filename)


def _usage(context: click.Context) -> str:
    pieces = in_dutch(" ".join(context.command.collect_usage_pieces(context)))
    return f"Gebruik: {context.command_path} {pieces}\nUitleg:  {context.command_path} --help"


def _told(error: click.ClickException) -> str:
    told = error.format_message()
    if isinstance(error, click.MissingParameter):
        told = f"{_name(error)} ontbreekt."
    elif isinstance(error, click.BadParameter):
        told = f"{_name(error)}: {_rule(error)}"
    elif isinstance(error, click.NoSuchOption):
        told = f"De optie {error.option_name} bestaat niet."
    elif isinstance(error, NoSuchCommand):
        told = f"Het commando {error.command_name} bestaat niet."
    elif isinstance(error, click.BadOptionUsage):
        told = f"Bij {error.option_name} hoort een waarde, of juist geen."
    elif told.startswith("Got unexpected"):
        told = "Er staat een argument te veel."
    return told


def _rule(error: click.BadParameter) -> str:
    """Our own rules are Dutch; those of the library about files and choices are not."""
    kind = getattr(error.param, "type", None)
    if isinstance(kind, click.Path):
        name = _QUOTED.search(error.message)
        what = next((dutch for english, dutch in _FILES.items() if english in error.message), _SHUT)
        return f"{name[1] if name else 'dit bestand'} {what}"
    if isinstance(kind, click.Choice):
        return f"kies uit: {', '.join(map(str, kind.choices))}"
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return "dit is geen getal dat hier kan"
    if isinstance(kind, click.DateTime):
        return f"schrijf het als {' of '.join(map(in_dutch, kind.formats))}"
    return error.message


def _name(error: click.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None and error.ctx is not None:
        hint = error.param.get_error_hint(error.ctx)
    return hint if isinstance(hint, str) else " ".join(hint or ("een argument",))


def _end(line: str, code: int) -> NoReturn:
    click.echo(line, err=True)
    sys.exit(code)
