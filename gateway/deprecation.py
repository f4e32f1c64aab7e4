"""What is going away says so itself: Deprecation (RFC 9745), Sunset (RFC 8594) and links."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from werkzeug.http import http_date

from gateway.problem_types import DOCS_PATH

#: The place on the docs page where the schedule stands (ADR /core/deprecation-schedule).
SCHEDULE = f"{DOCS_PATH}#vervallen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vervallen:
    """An operation that is deprecated from `sinds`, and may be gone from `tot` on.

    `opvolger` is the path of what comes in its place. How much time there must be between the
    two stands in docs/versies.md; nothing here ends an operation.
    """

    sinds: date
    tot: date
    opvolger: str | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """For every answer of the operation, errors too."""
        links = [f'<{SCHEDULE}>; rel="deprecation"; type="text/html"']
        if self.opvolger:
            links.append(f'<{self.opvolger}>; rel="successor-version"')
        return {
            "Deprecation": f"@{int(_begin(self.sinds).timestamp())}",
            "Sunset": http_date(_begin(self.tot)),
            "Link": ", ".join(links),
        }


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
