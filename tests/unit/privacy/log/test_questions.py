"""Questions to the log: what an entry says, and its own time; on both databases elsewhere."""

from datetime import timedelta

import pytest

from privacy.log.questions import Question, ask_log
from privacy.store.engine import make_engine, reading
from schemas.terms import Doel
from tests.unit.privacy.log.examples import NOW, an_entry, appended, prepare

OTHER = "d4" * 16


@pytest.fixture
def engine(tmp_path):
    made = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    prepare(made)
    appended(
        made,
        [
            an_entry(),
            an_entry(ontvanger="AVIM", doel=Doel.MRT),
            an_entry(organisatie="IND", trace=OTHER),
            an_entry(tijd=NOW + timedelta(hours=1), pseudoniem="1f" * 16),
        ],
    )
    yield made
    made.dispose()


def numbers(engine, after=-1, **asked):
    with reading(engine) as tx:
        return [each.nummer for each in ask_log(tx, Question(**asked), after)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({}, [0, 1, 2, 3], id="all"),
        pytest.param({"soort": "verstrekking"}, [0, 1, 2, 3], id="a kind"),
        pytest.param({"soort": "weigering"}, [], id="a kind that there is none of"),
        pytest.param({"ontvanger": "AVIM"}, [1], id="a recipient"),
        pytest.param({"ontvanger": "IND"}, [0, 2, 3], id="a recipient that is also an actor"),
        pytest.param({"organisatie": "IND"}, [2], id="who acts"),
        pytest.param({"doel": "mrt"}, [1], id="a purpose"),
        pytest.param({"trace": OTHER}, [2], id="a trace"),
        pytest.param({"pseudoniem": "1f" * 16}, [3], id="a pseudonym"),
        pytest.param({"ontvanger": "IND", "organisatie": "gemeente"}, [0, 3], id="two at once"),
        pytest.param({"van": NOW + timedelta(minutes=1)}, [3], id="from a moment on"),
        pytest.param({"tot": NOW + timedelta(hours=1)}, [0, 1, 2], id="up to its own moment"),
        pytest.param({"van": NOW + timedelta(hours=1)}, [3], id="from its own moment on"),
    ],
)
def test_a_question_finds_what_says_all_of_it_and_nothing_else(engine, asked, found):
    assert numbers(engine, **asked) == found


def test_it_goes_on_after_a_number(engine):
    assert numbers(engine, after=1) == [2, 3]


@pytest.mark.parametrize("text", ['IND","doel":"mrt', "IND\\", "é"])
def test_what_no_entry_can_hold_is_refused(text):
    """Else a question could be written inside a value, and mean another one."""
    with pytest.raises(ValueError, match="no entry"):
        Question(ontvanger=text)
