"""The refusals of others: which error of ours each is, and what is kept of what they say.

Read are problem+json, challenges, and `Retry-After` into seconds.

Text from outside is kept only in a shape that cannot hold a value: a title of words, a pointer
of names and item numbers, a field name, a code. Whatever has another shape is left out.
"""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from connectors.answer import Answer
from connectors.errors import (
    GeweigerdError,
    NotUnderstoodError,
    Problem,
    TryLaterError,
    Wirefault,
)

# What a token endpoint refuses with (RFC 6749, 5.2), if it is not one of ours.
_EXPLAINED: Final = frozenset({"application/problem+json", "application/json"})
_NOT_NOW: Final = frozenset({408, 425, 429})
# No digits: a number in a title could be the one that was refused.
_TITLE = re.compile(r"[^\W\d_]+(?:[ ,.;:'()/-]+[^\W\d_]+)*\.?")
_NAME = re.compile(r"[A-Za-z]{1,40}(?:[0-9]{1,3})?", re.ASCII)
_CODE = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)
_SLUG = re.compile(r"[a-z]{1,30}(?:-[a-z]{1,30}){0,8}", re.ASCII)
# An item number has four digits at most, a V-nummer ten.
_POINTER = re.compile(r"(?:/(?:[0-9]{1,4}|[A-Za-z]{1,40}(?:[0-9]{1,3})?))*", re.ASCII)
_CHALLENGE = re.compile(r'(?:^|[\s,])error\s*=\s*"([a-z][a-z_]{0,39})"', re.ASCII)
_MOST_FAULTS = 10_000
_MOST_TITLE = 120


def accept(answer: Answer, host: str) -> Answer:
    """Only 2xx comes through; the rest says who must do what (`connectors.errors`)."""
    status, headers = answer.status, answer.headers
    if 200 <= status < 300:  # noqa: PLR2004
        return answer
    explained = answer.content_type in _EXPLAINED
    problem = read_problem(status, answer.body) if explained else Problem(status)
    if status in _NOT_NOW or 500 <= status < 600:  # noqa: PLR2004
        wait = retry_after(headers.get("retry-after"), headers.get("date"))
        raise TryLaterError(host=host, status=status, retry_after=wait, title=problem.title)
    if 400 <= status < 500:  # noqa: PLR2004
        challenge = read_challenge(headers.get("www-authenticate"))
        raise GeweigerdError(replace(problem, error=problem.error or challenge), host=host)
    raise NotUnderstoodError("een status die niet bestaat", host=host)


def read_problem(status: int, body: bytes) -> Problem:
    """Never raises: a refusal that explains itself badly is still a refusal."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return Problem(status)
    if not isinstance(told, dict):
        return Problem(status)
    faults = told.get("fouten")
    listed = faults[:_MOST_FAULTS] if isinstance(faults, list) else []
    faults_read = tuple(read_fault(one) for one in listed)
    error = _matching(_CODE, told.get("error"))
    return Problem(status, _title(told.get("title")), faults_read, error, _kind(told.get("type")))


def read_fault(told: Any) -> Wirefault:
    """Keep what has the agreed shape of one fault, and nothing else."""
    if not isinstance(told, dict):
        return Wirefault("", "", "")
    return Wirefault(
        pointer=_pointer(told.get("pointer")),
        veld=_matching(_NAME, told.get("veld")),
        code=_matching(_CODE, told.get("code")),
    )


def read_challenge(told: str | None) -> str:
    """Read the error code of a WWW-Authenticate (RFC 6750, 3), if it names one."""
    found = _CHALLENGE.search(told or "")
    return found[1] if found else ""


def retry_after(told: str | None, answered_at: str | None) -> float | None:
    """Seconds or an HTTP date (RFC 9110, 10.2.3); a date counts from the answer's own `Date`.

    So a clock of theirs that is wrong does not matter, and none of ours is asked. Without a
    `Date`, or with nonsense, there is no promise: None.
    """
    if told is None:
        return None
    if re.fullmatch(r"\s*[0-9]{1,9}\s*", told, re.ASCII):
        return float(told)
    try:
        wait = parsedate_to_datetime(told) - parsedate_to_datetime(answered_at or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return max(wait, timedelta()).total_seconds()


def _title(told: Any) -> str:
    return _matching(_TITLE, told) if isinstance(told, str) and len(told) <= _MOST_TITLE else ""


def _kind(told: Any) -> str:
    """Read the last part of a `type`: what follows its `#`, else its last `/`."""
    last = told.rpartition("#")[2].rpartition("/")[2] if isinstance(told, str) else ""
    return _matching(_SLUG, last)


def _matching(shape: re.Pattern[str], told: Any) -> str:
    return told if isinstance(told, str) and shape.fullmatch(told) else ""


def _pointer(told: Any) -> str:
    """Keep the part that has the agreed shape: an unknown field's own name stays out."""
    found = _POINTER.match(told) if isinstance(told, str) else None
    if found is None:
        return ""
    kept, rest = found.group(), told[found.end() :]
    # A token that was cut in the middle goes as a whole.
    return kept if not rest or rest.startswith("/") else kept.rpartition("/")[0]
