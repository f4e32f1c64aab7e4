"""`controleer.py bewijs` and `controlepunten`: what a partner keeps proves what it was given.

Statement 14: offline, with nothing but keys; a receipt for another entry, log or size fails.
"""

import json
from collections.abc import Callable

import pytest

from deploy.controle import controleer
from privacy.log.entries import encode
from tests.unit.controle.conftest import SIZE
from tests.unit.controle.outsider import Outsider
from tests.unit.privacy.log.examples import an_entry
from tests.witness import Log

PAGE = SIZE - 1


def test_a_receipt_proves_the_answer_as_it_came(outsider: Outsider, capsys):
    """Statement 14."""
    bare = outsider.write("bewijs", outsider.receipt(PAGE))
    as_answered = outsider.write("antwoord_bewijs", {"bewijs": outsider.receipt(PAGE)})
    answer = outsider.write("antwoord", outsider.answer(PAGE))

    assert outsider.ask("bewijs", bare, answer) == controleer.KLOPT
    told = capsys.readouterr().out
    assert "regel 39 staat in het log van gateway.example, tussen 40 regels" in told
    assert "de inhoud is die van het antwoord" in told
    assert outsider.ask("bewijs", as_answered, answer) == controleer.KLOPT


def test_without_the_content_only_the_entry_is_proven(outsider: Outsider, capsys):
    proof = outsider.write("bewijs", outsider.receipt(7))
    answer = outsider.write("antwoord", outsider.answer(7)["bewijs"])

    assert outsider.ask("bewijs", proof, answer) == controleer.KLOPT
    assert "zonder inhoud: alleen de regel" in capsys.readouterr().out


def another_entry(outsider: Outsider) -> tuple[str, dict]:
    answer = outsider.answer(PAGE)
    answer["bewijs"]["regel"]["onderdelen"] = 7
    return outsider.receipt(PAGE), answer


def another_number(outsider: Outsider) -> tuple[str, dict]:
    return outsider.receipt(PAGE - 1), outsider.answer(PAGE)


def another_number_in_the_proof(outsider: Outsider) -> tuple[str, dict]:
    return outsider.receipt(PAGE).replace("index 39", "index 38"), outsider.answer(PAGE)


def another_content(outsider: Outsider) -> tuple[str, dict]:
    answer = outsider.answer(PAGE)
    return outsider.receipt(PAGE), {**answer, "mutaties": {**answer["mutaties"], "items": []}}


def another_salt(outsider: Outsider) -> tuple[str, dict]:
    answer = outsider.answer(PAGE)
    answer["bewijs"]["zout"] = "00" * 16
    return outsider.receipt(PAGE), answer


def a_short_salt(outsider: Outsider) -> tuple[str, dict]:
    answer = outsider.answer(PAGE)
    answer["bewijs"]["zout"] = "00"
    return outsider.receipt(PAGE), answer


def another_log(outsider: Outsider) -> tuple[str, dict]:
    other = Outsider(outsider.folder, Log(outsider.log.entries), outsider.witness)
    return other.receipt(PAGE), outsider.answer(PAGE)


def another_history_of_the_log(outsider: Outsider) -> tuple[str, dict]:
    entries = [encode(an_entry(pseudoniem="0f" * 32)), *outsider.log.entries[1:]]
    other = outsider.log.with_entries(entries)
    head, _, _ = outsider.receipt(PAGE).partition("\n\n")
    return f"{head}\n\n{outsider.note(log=other)}", outsider.answer(PAGE)


def another_size(outsider: Outsider) -> tuple[str, dict]:
    head, _, _ = outsider.receipt(PAGE).partition("\n\n")
    return f"{head}\n\n{outsider.note(PAGE)}", outsider.answer(PAGE)


def no_witness(outsider: Outsider) -> tuple[str, dict]:
    return outsider.log.receipt(PAGE).encode(), outsider.answer(PAGE)


def a_step_too_many(outsider: Outsider) -> tuple[str, dict]:
    head, _, note = outsider.receipt(PAGE).partition("\n\n")
    return "\n".join([head, *[head.splitlines()[-1]] * 64, "", note]), outsider.answer(PAGE)


@pytest.mark.parametrize(
    "meddle",
    [
        another_entry,
        another_number,
        another_number_in_the_proof,
        another_content,
        another_salt,
        a_short_salt,
        another_log,
        another_history_of_the_log,
        another_size,
        no_witness,
        a_step_too_many,
    ],
)
def test_a_receipt_of_something_else_is_refused(
    outsider: Outsider, meddle: Callable[[Outsider], tuple[str, dict]]
):
    """Statement 14."""
    receipt, answer = meddle(outsider)
    proof, got = outsider.write("bewijs", receipt), outsider.write("antwoord", answer)

    assert outsider.ask("bewijs", proof, got) == controleer.KLOPT_NIET


@pytest.mark.parametrize(
    ("proof", "answer"),
    [
        ("", None),
        ("c2sp.org/tlog-proof@v2\nindex 39\n\n", None),
        ("c2sp.org/tlog-proof@v1\nextra ???\nindex 39\n\n", None),
        ("c2sp.org/tlog-proof@v1\nplaats 39\n\n", None),
        ('{"anders": 1}', None),
        (None, ""),
        (None, "[]"),
        (None, '{"mutaties": {}}'),
        (None, '{"bewijs": {"index": 1, "index": 2}}'),
        (None, '{"bewijs": {"index": true, "regel": {}, "zout": "00"}}'),
    ],
)
def test_what_is_no_receipt_can_not_be_read(outsider: Outsider, proof, answer):
    receipt = outsider.receipt(PAGE) if proof is None else proof
    got = json.dumps(outsider.answer(PAGE)) if answer is None else answer
    files = outsider.write("bewijs", receipt), outsider.write("antwoord", got)

    assert outsider.ask("bewijs", *files) == controleer.NIET_TE_LEZEN


def test_extra_data_of_a_receipt_is_passed_over(outsider: Outsider):
    receipt = outsider.receipt(PAGE).replace("\nindex", "\nextra aGFsbG8=\nindex")
    proof = outsider.write("bewijs", receipt)

    answer = outsider.write("antwoord", outsider.answer(PAGE))
    assert outsider.ask("bewijs", proof, answer) == controleer.KLOPT


def test_a_chain_of_checkpoints_holds_by_its_proofs(outsider: Outsider, capsys):
    chain = outsider.write("keten", *outsider.chain(3, 3, 8, 21, SIZE))

    assert outsider.ask("controlepunten", chain) == controleer.KLOPT
    assert "5 controlepunten, van 3 tot 40 regels" in capsys.readouterr().out


def test_a_chain_without_proofs_holds_by_an_export(outsider: Outsider, capsys):
    links = outsider.chain(3, 8, SIZE)
    for link in links:
        link.pop("bewijs", None)
    chain = outsider.write("keten", *links)
    export = outsider.write("export", *outsider.export())

    assert outsider.ask("controlepunten", chain) == controleer.KLOPT_NIET
    assert "2e controlepunt (over 8 regels): er staat geen groeibewijs" in capsys.readouterr().out
    assert outsider.ask("controlepunten", chain, "--export", export) == controleer.KLOPT


def test_a_chain_that_goes_on_from_a_rewritten_log_is_refused_and_the_place_named(
    outsider: Outsider, capsys
):
    forged = encode(an_entry(pseudoniem="0f" * 32))
    other = outsider.log.with_entries([*outsider.log.entries[:5], forged])
    links = outsider.chain(3, 8, SIZE)
    links[1]["controlepunt"] = outsider.note(6, log=other)
    chain = outsider.write("keten", *links)

    assert outsider.ask("controlepunten", chain) == controleer.KLOPT_NIET
    assert "2e controlepunt (over 6 regels): het" in capsys.readouterr().out


def test_a_chain_that_goes_back_is_refused(outsider: Outsider, capsys):
    chain = outsider.write("keten", *outsider.chain(8), *outsider.chain(3))

    assert outsider.ask("controlepunten", chain) == controleer.KLOPT_NIET
    assert "het log is korter geworden: eerst 8 regels" in capsys.readouterr().out


def test_two_histories_of_one_size_are_refused(outsider: Outsider, capsys):
    """The log showed one thing to one, and another to another."""
    forged = encode(an_entry(pseudoniem="0f" * 32))
    other = outsider.log.with_entries([*outsider.log.entries[:-1], forged])
    chain = outsider.write(
        "keten", *outsider.chain(SIZE), {"controlepunt": outsider.note(log=other)}
    )

    assert outsider.ask("controlepunten", chain) == controleer.KLOPT_NIET
    assert "evenveel regels hebben een andere wortel" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "geen json", "[]\n", '{"anders": 1}\n'])
def test_what_is_no_chain_can_not_be_read(outsider: Outsider, content):
    chain = outsider.write("keten", content)

    assert outsider.ask("controlepunten", chain) == controleer.NIET_TE_LEZEN
