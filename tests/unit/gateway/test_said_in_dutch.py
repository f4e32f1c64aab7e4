"""Whoever mistypes a command reads in Dutch what is wrong; the exit code says that it failed."""

import click
import pytest
from sqlalchemy.exc import OperationalError

from gateway.cli import cli
from gateway.commands.said_in_dutch import run


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
