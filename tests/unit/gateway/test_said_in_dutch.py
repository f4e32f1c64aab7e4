"""Whoever mistypes a command reads in Dutch what is wrong; the exit code says that it failed."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from gateway.cli import cli
from gateway.commands.help_in_dutch import DutchHelp
from gateway.commands.new_file import text_written
from gateway.commands.said_in_dutch import run
from gateway.server import LockedError, require_free


def _told(capsys, *typed: str, command: click.Command = cli) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["lso-gateway", *typed])
        with pytest.raises(SystemExit) as ended:
            run(command, "lso-gateway")
    code = ended.value.code
    assert isinstance(code, int)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("pia activeer", "Fout: 'VERSIE' ontbreekt.", id="no argument"),
        pytest.param("pia vastleggen", "Fout: '--dpia' ontbreekt.", id="no option"),
        pytest.param("pia tonen x", "Fout: Er staat een argument te veel.", id="one too many"),
        pytest.param("pia tonen --jsn", "Fout: De optie --jsn bestaat niet.", id="no such option"),
        pytest.param("pia aan", "Fout: Het commando aan bestaat niet.", id="no such command"),
        pytest.param("pia opnemen weg.toml", "weg.toml is er niet", id="no such file"),
        pytest.param(
            "sleutels roteren --soort fout", "kies uit: tokens, antwoorden", id="no such choice"
        ),
        pytest.param(
            "herstel afsluiten --zonder", "Fout: Bij --zonder hoort een waarde", id="no value"
        ),
    ],
)
def test_a_mistake_is_told_in_dutch_with_how_the_command_is_used(capsys, typed, expected):
    code, told = _told(capsys, *typed.split())

    assert code == 2
    assert expected in told
    assert "Error" not in told
    assert "Usage" not in told


def test_without_a_command_the_help_is_shown(capsys):
    code, told = _told(capsys, "pia")

    assert code == 2
    assert "vastleggen" in told


def test_a_command_that_is_done_ends_with_0_and_one_that_failed_with_its_own_code(capsys):
    @click.command()
    @click.argument("code", type=int)
    def ends(code: int) -> None:
        raise click.exceptions.Exit(code)

    assert _told(capsys, "0", command=ends) == (0, "")
    assert _told(capsys, "1", command=ends) == (1, "")


def test_a_database_that_does_not_answer_is_one_sentence_without_its_query(capsys):
    @click.command()
    def asks() -> None:
        raise OperationalError("SELECT geheim", {}, Exception("no such table"))

    code, told = _told(capsys, command=asks)

    assert code == 1
    assert told.startswith("Fout: De database is niet te lezen")
    assert "geheim" not in told


def _all(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), name)
            assert found is not None
            yield from _all(found, (*path, name))


def _options(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option)]


def test_every_help_is_dutch_and_tells_what_each_command_and_option_is_for(monkeypatch):
    """Also what the library adds: headings, forms of dates, what an option takes."""
    monkeypatch.setattr("click.Context.formatter_class", DutchHelp)
    english = r"Usage|Options|Commands|Show this|required|default:|TEXT|FILE|RANGE|DIRECTORY|%Y"
    for path, command in _all(cli):
        shown = CliRunner().invoke(cli, [*path, "--help"]).output

        assert re.search(english, shown) is None, (path, shown)
        assert "Opties:" in shown
        assert command.help, path
        assert [each.opts for each in _options(command) if not each.help] == [], path


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("weg/nieuw.txt", "die map, of dat bestand, is er niet"),
        ("er_al.txt", "bestaat al en wordt niet overschreven"),
        ("er_al.txt/nieuw.txt", "wat ervoor staat is geen map"),
    ],
)
def test_a_file_that_cannot_be_made_is_named_and_said_why(capsys, tmp_path, place, why):
    (tmp_path / "er_al.txt").write_text("van gisteren")

    @click.command()
    def writes() -> None:
        with text_written(tmp_path / place) as file:
            file.write("vandaag")

    code, told = _told(capsys, command=writes)

    assert code == 1
    assert told == f"Fout: {tmp_path / place}: dit {told.partition(': dit ')[2]}"
    assert why in told
    assert (tmp_path / "er_al.txt").read_text() == "van gisteren"


def test_another_file_that_is_missed_meanwhile_is_the_one_that_is_named(capsys, tmp_path):
    @click.command()
    def writes() -> None:
        with text_written(tmp_path / "nieuw.txt") as file:
            file.write((tmp_path / "letters").read_text())

    _, told = _told(capsys, command=writes)

    assert told.startswith(f"Fout: {tmp_path / 'letters'}: ")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_a_command_misses_is_one_sentence_and_a_fault_of_ours_is_not_hidden(capsys):
    @click.command()
    @click.argument("place")
    def reads(place: str) -> None:
        if not place:
            raise OSError("no file")
        Path(place).read_text()

    assert _told(capsys, "/weg/bestand", command=reads) == (
        1,
        "Fout: /weg/bestand: dit kan niet: die map, of dat bestand, is er niet.\n",
    )
    with pytest.raises(OSError, match="no file"):
        _told(capsys, "", command=reads)


def test_a_port_that_another_program_has_is_named_before_the_server_tries():
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(LockedError, match=f"{taken}.*ander programma"):
            require_free(taken)
    require_free(taken)
