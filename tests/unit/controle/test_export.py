"""`controleer.py log`: what an export must be, and what is said of one that is not."""

import json
from base64 import b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.controle import controleer
from privacy.log.entries import encode
from privacy.log.merkle import leaf_hash
from tests.unit.controle.conftest import SIZE
from tests.unit.controle.outsider import Outsider
from tests.unit.privacy.log.examples import an_entry
from tests.witness import Log

FORGED = encode(an_entry(pseudoniem="0f" * 32))


def forged(number: int) -> dict:
    leaf = b64encode(leaf_hash(FORGED)).decode()
    return {"nummer": number, "regel": FORGED.decode(), "blad": leaf}


def test_a_sound_export_is_said_to_be_sound_and_as_far_as_what(outsider: Outsider, capsys):
    export = outsider.write("export", *outsider.export(sizes=(7, 30)))

    assert outsider.ask("log", export) == controleer.KLOPT
    told = capsys.readouterr().out
    assert told.startswith("Alles klopt.\n40 regels, 2 controlepunten\n")
    assert "tot en met 30 regels; 10 wachten op een controlepunt" in told
    assert "getuige.example op 2027-01-15 08:00:00 UTC" in told


def test_of_many_checkpoints_that_do_not_fit_the_first_are_named_and_the_rest_counted(
    outsider: Outsider, capsys
):
    lines = outsider.export(sizes=range(8, 30))
    lines[3] = forged(3)

    assert outsider.ask("log", outsider.write("anders", *lines)) == controleer.KLOPT_NIET

    told = capsys.readouterr().out
    assert "over 8 regels past niet" in told
    assert "en nog 19 fouten in controlepunten" in told
    assert len(told.splitlines()) < 10


def test_a_key_of_another_log_is_said_to_be_so(outsider: Outsider, capsys):
    export = outsider.write("export", *outsider.export(sizes=(30,)))
    other = Log(outsider.log.entries, "gateway.example/ander").key.encode()

    told = controleer.main(["log", str(export), "--sleutel", other])

    assert told == controleer.KLOPT_NIET
    assert "is --sleutel wel die van dit log?" in capsys.readouterr().out


def test_checkpoints_of_before_a_new_key_hold_for_who_knows_the_old_one(outsider: Outsider, capsys):
    """As docs/bewijs.md has it: another key, under another name, over the same entries."""
    before = Log(outsider.log.entries, "gateway.example/oud")
    lines = [*outsider.export(sizes=(30,)), {"controlepunt": outsider.note(7, before)}]
    export = outsider.write("export", *lines)
    stranger = Log(outsider.log.entries, "gateway.example/oud").key.encode()
    known = ("--eerdere", before.key.encode())

    assert outsider.ask("log", export) == controleer.KLOPT_NIET
    assert "is --sleutel wel die van dit log?" not in capsys.readouterr().out
    assert outsider.ask("log", export, "--eerdere", stranger) == controleer.KLOPT_NIET
    assert "niet ondertekend met de sleutel van het log" in capsys.readouterr().out
    assert outsider.ask("log", export, *known) == controleer.KLOPT
    lines[3] = forged(3)
    assert outsider.ask("log", outsider.write("anders", *lines), *known) == controleer.KLOPT_NIET


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, SIZE - 1), data=st.data())
def test_one_byte_of_any_entry_is_found_and_the_entry_is_named(outsider: Outsider, number, data):
    """Statement 2."""
    lines = outsider.export(sizes=(SIZE,))
    line = bytearray(lines[number]["regel"].encode())
    at = data.draw(st.integers(0, len(line) - 1))
    line[at] = data.draw(st.integers(32, 126).filter(lambda each: each != line[at]))
    lines[number]["regel"] = line.decode()
    bare = controleer.lees_export(
        controleer.Path(outsider.write("export", *lines)), lambda _aantal: None
    )

    assert outsider.ask("log", outsider.write("export", *lines)) == controleer.KLOPT_NIET
    assert any(fault.startswith(f"regel {number} ") for fault in bare.fouten)


def drop(lines: list[dict]) -> str:
    del lines[5]
    return "regel 5 ontbreekt"


def double(lines: list[dict]) -> str:
    lines.insert(6, lines[5])
    return "regel 5 staat niet op zijn plaats"


def swap_lines(lines: list[dict]) -> str:
    lines[5], lines[9] = lines[9], lines[5]
    return "regel 5 ontbreekt: er staat 9"


def swap_entries(lines: list[dict]) -> str:
    lines[5]["regel"], lines[9]["regel"] = lines[9]["regel"], lines[5]["regel"]
    return "regel 5 hoort niet bij het blad"


def swap_whole_entries(lines: list[dict]) -> str:
    lines[5], lines[9] = {**lines[9], "nummer": 5}, {**lines[5], "nummer": 9}
    return "het controlepunt over 8 regels past niet: tussen regel 4 en 7"


def rewrite_entry_and_leaf(lines: list[dict]) -> str:
    lines[5] = forged(5)
    return "het controlepunt over 8 regels past niet: tussen regel 4 en 7"


def add_at_the_end(lines: list[dict]) -> str:
    lines[SIZE - 1 : SIZE - 1] = [forged(SIZE - 1)]
    lines[SIZE] = {**lines[SIZE], "nummer": SIZE}
    return f"het controlepunt over {SIZE} regels past niet"


def cut_the_tail(lines: list[dict]) -> str:
    del lines[20:SIZE]
    return f"het controlepunt over {SIZE} regels telt meer dan de 20 die er zijn"


def write_another_form(lines: list[dict]) -> str:
    line = lines[5]["regel"].replace('"v":1', '"v": 1')
    lines[5] = {"nummer": 5, "regel": line, "blad": b64encode(leaf_hash(line.encode())).decode()}
    return "regel 5 is niet in canonieke vorm"


def write_a_name_twice(lines: list[dict]) -> str:
    lines[5]["regel"] = lines[5]["regel"].replace('"v":1', '"v":1,"v":1')
    return "regel 5 is niet in canonieke vorm"


def write_a_fraction(lines: list[dict]) -> str:
    lines[5]["regel"] = lines[5]["regel"].replace('"v":1', '"v":1.0')
    return "regel 5 is geen zuivere JSON"


def make_an_entry_unreadable(lines: list[dict]) -> str:
    lines[5] = {"nummer": 5}
    return "na regel 4 staat iets dat niet te lezen is"


def lose_every_checkpoint(lines: list[dict]) -> str:
    del lines[SIZE:]
    return "er is geen controlepunt"


def alter_a_checkpoint(lines: list[dict]) -> str:
    lines[SIZE + 1]["controlepunt"] = lines[SIZE + 1]["controlepunt"].replace("\n8\n", "\n9\n")
    return "over 9 regels: de handtekening van gateway.example klopt niet"


@pytest.mark.parametrize(
    "meddle",
    [
        drop,
        double,
        swap_lines,
        swap_entries,
        swap_whole_entries,
        rewrite_entry_and_leaf,
        add_at_the_end,
        cut_the_tail,
        write_another_form,
        write_a_name_twice,
        write_a_fraction,
        make_an_entry_unreadable,
        lose_every_checkpoint,
        alter_a_checkpoint,
    ],
)
def test_meddling_with_an_export_is_found_and_named(outsider: Outsider, meddle, capsys):
    """Statements 3 and 4, as far as an export tells."""
    lines = outsider.export(sizes=(4, 8, SIZE))
    wanted = meddle(lines)

    assert outsider.ask("log", outsider.write("export", *lines)) == controleer.KLOPT_NIET
    assert wanted in capsys.readouterr().out


def test_a_tail_that_went_with_its_checkpoints_is_found_by_a_copy_from_elsewhere(
    outsider: Outsider, capsys
):
    """Statement 4: inside the export nothing shows it; a witness copy or one receipt does."""
    lines = [*outsider.export()[:20], *outsider.export(sizes=(4, 8))[SIZE:]]
    export = outsider.write("export", *lines)
    witness = outsider.write("van_getuige", outsider.note())
    receipt = outsider.write("bewijs", outsider.receipt(3))
    answer = outsider.write("antwoord", {"omvang": SIZE, "controlepunt": outsider.note()})

    assert outsider.ask("log", export) == controleer.KLOPT
    for copy in (witness, receipt, answer):
        capsys.readouterr()
        assert outsider.ask("log", export, "--kopie", copy) == controleer.KLOPT_NIET
        assert "telt meer dan de 20 die er zijn" in capsys.readouterr().out


def test_a_checkpoint_that_too_few_witnessed_is_not_enough(outsider: Outsider, capsys):
    lines = [*outsider.export(), {"controlepunt": outsider.log.note().encode()}]
    export = outsider.write("export", *lines)

    assert outsider.ask("log", export) == controleer.KLOPT_NIET
    assert "geen controlepunt is door 1 getuigen medeondertekend" in capsys.readouterr().out
    assert outsider.ask("log", export, "--nodig", "0") == controleer.KLOPT


def test_the_leaf_hash_may_be_left_out(outsider: Outsider):
    lines = outsider.export(sizes=(SIZE,))
    for line in lines[:SIZE]:
        del line["blad"]

    assert outsider.ask("log", outsider.write("export", *lines)) == controleer.KLOPT


def test_an_export_is_read_in_stretches_and_none_is_lost_between_them(
    outsider: Outsider, monkeypatch, capsys
):
    lines = outsider.export(sizes=(4, SIZE))
    export = outsider.write("export", *lines)
    monkeypatch.setattr(controleer, "_BLOK", 700)

    assert outsider.ask("log", export) == controleer.KLOPT
    lines[33]["regel"] = lines[32]["regel"]
    assert outsider.ask("log", outsider.write("export", *lines)) == controleer.KLOPT_NIET
    assert "regel 33 hoort niet bij het blad" in capsys.readouterr().out


def test_only_so_many_faults_are_told_and_the_others_are_counted(outsider: Outsider, capsys):
    lines = outsider.export(sizes=(SIZE,))
    for line in lines[:30]:
        line["blad"] = "anders"

    assert outsider.ask("log", outsider.write("export", *lines)) == controleer.KLOPT_NIET
    assert "en nog 10 fouten in regels" in capsys.readouterr().out


def test_a_fault_never_repeats_what_stands_in_the_file(outsider: Outsider, capsys):
    secret = "Fatima Voorbeeld"
    lines = outsider.export(sizes=(SIZE,))
    lines[3]["regel"] = json.dumps({"naam": secret})
    lines[4] = {"nummer": secret, "regel": secret}
    lines[SIZE]["controlepunt"] = f"{secret}\n{secret}\n{secret}\n"

    assert outsider.ask("log", outsider.write("export", *lines)) == controleer.KLOPT_NIET
    assert secret not in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "\n\n", "geen json", '{"anders": 1}\n'])
def test_what_is_no_export_can_not_be_read(outsider: Outsider, content):
    assert outsider.ask("log", outsider.write("export", content)) == controleer.NIET_TE_LEZEN


def test_a_file_that_is_not_there_can_not_be_read(outsider: Outsider):
    assert outsider.ask("log", str(outsider.folder / "nergens")) == controleer.NIET_TE_LEZEN


def test_a_key_that_is_none_can_not_be_used(outsider: Outsider, capsys):
    export = outsider.write("export", *outsider.export(sizes=(SIZE,)))

    assert controleer.main(["log", export, "--sleutel", "geen"]) == controleer.NIET_TE_LEZEN
    assert "naam+merk+base64" in capsys.readouterr().out
    assert outsider.ask("log", export, "--nodig", "2") == controleer.NIET_TE_LEZEN
    assert outsider.ask("log", export, *outsider.keys[2:]) == controleer.NIET_TE_LEZEN
