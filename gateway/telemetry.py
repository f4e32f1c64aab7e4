"""Log lines as JSON, of names on a list and nothing else: no body, query, header or message.

A line of ours holds an event and keys of `ALLOWED`. A line of a library holds its logger, level
and the type of an exception; its message only where that is a template or a text on a list.
Libraries that would write tokens or values at DEBUG are pinned above that level.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, TextIO

from privacy.clock import utc_text

ALLOWED: Final = frozenset(
    {"aantal", "adres", "client", "fout", "methode", "ms", "ontvanger", "plaats"}
    | {"regel", "route", "status", "stap", "trace", "transactie"}
)
#: Authlib writes whole tokens and clients at DEBUG; the others write addresses or values.
PINNED: Final = MappingProxyType(
    {
        "authlib": logging.WARNING,
        "joserfc": logging.WARNING,
        "urllib3": logging.WARNING,
        "requests": logging.WARNING,
        "werkzeug": logging.WARNING,
        "sqlalchemy": logging.WARNING,
        "psycopg": logging.ERROR,
        "apscheduler": logging.WARNING,
        "alembic": logging.WARNING,
    }
)
#: These mostly log by template with arguments apart: the template is shown, they are not. Without
#: arguments the message may have been filled in already (gunicorn: the line of a request that it
#: could not read), so then it is shown only if it is one of `_CONSTANT`.
_TEMPLATES: Final = ("gunicorn", "apscheduler")
_CONSTANT: Final = frozenset(
    {
        "Error handling request",
        "Error handling request (no URI read)",
        "Exception in post_request hook",
        "Exception in worker process",
        "Quick shutdown requested",
        "Socket error processing request.",
        "Unhandled exception in main loop",
        "graceful stop of workers",
    }
)
_LONGEST: Final = 200
_log: Final = logging.getLogger("lso_gateway")


def log_event(gebeurtenis: str, *, level: int = logging.INFO, **keys: str | float | None) -> None:
    """Write one line. A key that is not on the list is left out, whatever it holds."""
    _log.log(level, gebeurtenis, extra={"sleutels": keys})


def log_failure(error: BaseException, **keys: str | float | None) -> None:
    """Write that something broke: its type and the place in our code, never its message."""
    log_event("fout", level=logging.ERROR, fout=type(error).__name__, plaats=_place(error), **keys)


def start_logging(stream: TextIO | None = None) -> None:
    """Send every record of this process through `LineFormatter`, and pin the libraries."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    pin_loggers()


def pin_loggers() -> None:
    """Hold the loggers of `PINNED`, whatever level the root gets."""
    for name, level in PINNED.items():
        logging.getLogger(name).setLevel(level)


class LineFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Never calls getMessage: arguments of a library's message are not ours to show."""
        line: dict[str, Any] = {
            "tijd": utc_text(datetime.fromtimestamp(record.created, UTC)),
            "niveau": record.levelname,
        }
        if record.name == _log.name:
            keys: dict[str, Any] = record.__dict__.get("sleutels", {})
            line["gebeurtenis"] = record.msg
            line |= {name: _short(keys[name]) for name in keys if name in ALLOWED}
        else:
            line["logger"] = record.name
            if _is_constant(record):
                line["melding"] = _short(record.msg)
        if record.exc_info and record.exc_info[0]:
            line["fout"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _is_constant(record: logging.LogRecord) -> bool:
    """Whether the message is the library's own text, with no value in it."""
    if not record.name.startswith(_TEMPLATES) or not isinstance(record.msg, str):
        return False
    return bool(record.args) or record.msg in _CONSTANT


def _short(value: Any) -> Any:
    return value[:_LONGEST] if isinstance(value, str) else value


def _place(error: BaseException) -> str:
    ours = [
        f"{frame.f_globals.get('__name__', '?')}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__", "").split(".")[0]
        in {"gateway", "connectors", "privacy", "schemas"}
    ]
    return ours[-1] if ours else "?"
