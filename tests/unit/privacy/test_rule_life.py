"""The life of a version: which steps may follow which, and whose word counts."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import rule_life
from privacy.errors import RuleStepError
from privacy.rule_life import (
    Levensloop,
    Regelgebeurtenis,
    Regelsoort,
    Regelstand,
    Regelstap,
    Regelversie,
    fold,
)

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
TODAY, REVIEW = NOW.date(), date(2027, 1, 1)
PEOPLE = ("femke", "tariq", "noor")


def a_version(digest: str = "a", naam: str = "IND", soort: Regelsoort = Regelsoort.BELEID):
    return Regelversie(digest, soort, naam, "tekst", NOW)


def after(*steps: str | tuple[str, str], versie: Regelversie | None = None) -> Levensloop:
    """A version after these steps; an approval is named with who gave it."""
    versie = versie or a_version()
    events = [_event(at, versie.digest, each) for at, each in enumerate(steps)]
    return fold([versie], events)[versie.digest]


def _event(nummer: int, digest: str, step: str | tuple[str, str]) -> Regelgebeurtenis:
    stap, door = (step, None) if isinstance(step, str) else step
    return Regelgebeurtenis(nummer, digest, Regelstap(stap), NOW + timedelta(nummer), door)


BY_TWO = ("concept", "gecontroleerd", ("goedgekeurd", "femke"), ("goedgekeurd", "tariq"))


@pytest.mark.parametrize(
    ("steps", "stand", "needed"),
    [
        pytest.param(("concept",), Regelstand.CONCEPT, 2, id="taken in"),
        pytest.param(BY_TWO[:2], Regelstand.GECONTROLEERD, 2, id="checked"),
        pytest.param(BY_TWO[:3], Regelstand.GECONTROLEERD, 1, id="approved by one"),
        pytest.param(BY_TWO, Regelstand.GOEDGEKEURD, 0, id="approved by two"),
        pytest.param(
            (*BY_TWO[:3], ("goedgekeurd", "femke")), Regelstand.GECONTROLEERD, 1, id="one, twice"
        ),
        pytest.param((*BY_TWO, "gecontroleerd"), Regelstand.GECONTROLEERD, 2, id="checked anew"),
        pytest.param((*BY_TWO, "actief"), Regelstand.ACTIEF, 0, id="switched on"),
        pytest.param((*BY_TWO, "actief", "ingetrokken"), Regelstand.INGETROKKEN, 2, id="withdrawn"),
    ],
)
def test_how_a_version_stands_is_folded_from_its_events(steps, stand, needed):
    life = after(*steps)

    assert (life.stand, life.still_needed) == (stand, needed)


def test_events_count_in_the_order_of_the_log_however_they_are_read():
    events = [_event(at, "a", each) for at, each in enumerate((*BY_TWO, "actief", "ingetrokken"))]

    assert fold([a_version()], reversed(events)) == fold([a_version()], events)


def test_another_version_of_the_same_recipient_replaces_and_that_of_another_does_not():
    versions = [a_version("a"), a_version("b"), a_version("c", naam="AVIM")]
    events = [_event(at, digest, "actief") for at, digest in enumerate(("a", "c", "b"))]

    lives = fold(versions, events)

    stands = {digest: life.stand for digest, life in lives.items()}
    assert stands == {
        "a": Regelstand.VERVANGEN,
        "b": Regelstand.ACTIEF,
        "c": Regelstand.ACTIEF,
    }
    assert rule_life.active_of(lives.values(), "IND") == lives["b"]


def test_a_notice_with_the_name_of_a_recipient_is_no_policy_of_his():
    notice = a_version("n", naam="IND", soort=Regelsoort.VERKLARING)
    life = after("opgenomen", versie=notice)

    assert rule_life.active_of([life], "IND") is None
    for step in (
        lambda: rule_life.require_checkable(life),
        lambda: rule_life.require_approvable(life, "femke"),
        lambda: rule_life.require_ready(life, REVIEW, TODAY),
    ):
        with pytest.raises(RuleStepError, match="geen beleid"):
            step()


def test_a_recall_has_its_first_moment_and_no_policy_has_one():
    notice = a_version(soort=Regelsoort.VERKLARING)

    recalled = after("opgenomen", "teruggeroepen", versie=notice)

    assert recalled.ended_on == NOW + timedelta(1)
    assert after(*BY_TWO, "actief", "ingetrokken").ended_on is None
    with pytest.raises(RuleStepError, match="al teruggeroepen"):
        rule_life.require_standing(recalled)


def test_on_its_review_date_a_policy_can_still_be_switched_on_and_the_day_after_not():
    rule_life.require_ready(after(*BY_TWO), REVIEW, REVIEW)

    with pytest.raises(RuleStepError, match="moest vóór 2027-01-01 herzien"):
        rule_life.require_ready(after(*BY_TWO), REVIEW, REVIEW + timedelta(days=1))


def test_who_read_another_check_than_counts_now_has_not_read_its_warnings():
    life = after(*BY_TWO[:2], "gecontroleerd")

    rule_life.require_same_check(life, "2")
    for read in ("1", "", "-1"):
        with pytest.raises(RuleStepError, match="opnieuw gecontroleerd"):
            rule_life.require_same_check(life, read)


def _require(life: Levensloop, step: str, who: str) -> None:
    """As `privacy.rule_changes` asks before it takes a step."""
    match step:
        case "gecontroleerd":
            rule_life.require_checkable(life)
        case "goedgekeurd":
            rule_life.require_approvable(life, who)
        case "actief":
            rule_life.require_ready(life, REVIEW, TODAY)
        case "ingetrokken" if life.stand is not Regelstand.ACTIEF:
            raise RuleStepError


STEPS = st.tuples(
    st.sampled_from(["a", "b"]),
    # Mostly approvals, so that many get as far as being switched on.
    st.sampled_from(["gecontroleerd", "goedgekeurd", "goedgekeurd", "actief", "ingetrokken"]),
    st.sampled_from(PEOPLE),
)


@given(st.lists(STEPS, max_size=60))
def test_no_order_of_steps_by_anyone_switches_on_what_two_did_not_approve_after_its_check(tried):
    """Two versions of one recipient; refused steps leave no trace. Kept beside: who approved what
    was checked last, used up by withdrawing it and by replacing it."""
    versions, numbers = [a_version("a"), a_version("b")], count()
    taken = [_event(next(numbers), each.digest, "concept") for each in versions]
    approved: dict[str, set[str] | None] = {"a": None, "b": None}
    on: str | None = None
    for digest, step, who in tried:
        try:
            _require(fold(versions, taken)[digest], step, who)
        except RuleStepError:
            continue
        taken.append(_event(next(numbers), digest, (step, who) if step == "goedgekeurd" else step))
        by = approved[digest]
        match step:
            case "gecontroleerd":
                approved[digest] = set()
            case "goedgekeurd":
                assert by is not None, "approved, and never checked"
                by.add(who)
            case "actief":
                assert by is not None, "switched on, and never checked"
                assert len(by) == rule_life.APPROVERS
                approved, on = {**approved, **({on: None} if on else {})}, digest
            case "ingetrokken":
                approved[digest], on = None, None
        lives = fold(versions, taken)
        assert [d for d, each in lives.items() if each.stand is Regelstand.ACTIEF] == (
            [on] if on else []
        )
