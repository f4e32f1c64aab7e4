"""Trace, cron and log lines, each on its own."""

import json
import logging
from datetime import UTC, datetime
from io import StringIO

import pytest

from gateway.cron import cron_trigger
from gateway.telemetry import PINNED, LineFormatter, log_event, log_failure, pin_loggers
from gateway.trace import begin_trace

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_trace_goes_on_under_a_span_of_our_own():
    trace = begin_trace(f"00-{TRACE}-{SPAN}-01")
    assert trace.trace_id == TRACE
    assert trace.span_id != SPAN
    assert trace.header.endswith("-01")


def test_a_later_version_may_say_more_and_only_the_sampled_flag_is_kept():
    assert begin_trace(f"42-{TRACE}-{SPAN}-ff-meer").header.startswith(f"00-{TRACE}")
    assert begin_trace(f"42-{TRACE}-{SPAN}-ff-meer").flags == "01"


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "",
        "x",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-meer",
    ],
)
def test_a_malformed_trace_is_begun_anew(wrong):
    trace = begin_trace(wrong)
    assert trace.trace_id != TRACE
    assert len(trace.trace_id) == 32


def fires(expression: str, after: datetime) -> datetime:
    return cron_trigger(expression).get_next_fire_time(None, after).astimezone(UTC)


def test_cron_goes_by_amsterdam_and_counts_weekdays_from_sunday():
    monday = datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert fires("0 6 * * 1-5", monday) == datetime(2026, 5, 5, 4, tzinfo=UTC)
    assert fires("0 6 * * 0", monday) == datetime(2026, 5, 10, 4, tzinfo=UTC)
    assert fires("0 6 * * 7", monday) == datetime(2026, 5, 10, 4, tzinfo=UTC)


def test_cron_with_six_fields_begins_with_seconds():
    moment = datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert fires("*/10 * * * * *", moment) == moment
    assert fires("30 * * * * *", moment) == moment.replace(second=30)


@pytest.mark.parametrize(
    "wrong", ["", "* * * *", "elke dag", "61 * * * *", "0 6 * * 8", "a b c d e"]
)
def test_what_is_no_cron_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011  the message is for people
        cron_trigger(wrong)


@pytest.fixture
def lines():
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.logs_on_purpose
def test_a_key_that_is_not_on_the_list_is_left_out(lines):
    log_event("verzoek", status=200, vnummer="0123456789", client="sndvu-node")
    (line,) = lines()
    assert line["status"] == 200
    assert line["client"] == "sndvu-node"
    assert "0123456789" not in json.dumps(line)


def test_a_failure_is_told_by_type_and_place_only(lines):
    try:
        begin_trace(7)  # type: ignore[arg-type]
    except TypeError as error:
        log_failure(error)
    (line,) = lines()
    assert line["fout"] == "TypeError"
    assert line["plaats"].startswith("gateway.trace:")
    assert set(line) == {"tijd", "niveau", "gebeurtenis", "fout", "plaats"}


def test_a_line_of_a_library_loses_its_message(lines):
    logging.getLogger("een.bibliotheek").error("token %s", "geheim")
    logging.getLogger("gunicorn.error").error("Error handling request %s", "/v1?geheim")
    one, two = lines()
    assert "geheim" not in json.dumps([one, two])
    assert "melding" not in one
    assert two["melding"] == "Error handling request %s"


@pytest.mark.logs_on_purpose
def test_a_message_of_a_library_that_was_filled_in_already_is_left_out(lines):
    log = logging.getLogger("gunicorn.error")
    log.warning("Invalid request from ip=192.0.2.1: Invalid HTTP request line: '0123456789'")
    log.error("Error handling request (no URI read)")
    one, two = lines()
    assert "melding" not in one
    assert "0123456789" not in json.dumps(one)
    assert two["melding"] == "Error handling request (no URI read)"


def test_libraries_that_would_tell_are_pinned_whatever_the_root_says(lines):
    pin_loggers()
    for name in PINNED:
        logging.getLogger(f"{name}.iets").debug("geheim")
    assert lines() == []
