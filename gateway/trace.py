"""W3C Trace Context: taken over from a well-formed `traceparent`, begun anew from any other."""

import os
import re
from dataclasses import dataclass

_TRACEPARENT = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)


@dataclass(frozen=True, slots=True)
class Trace:
    """One request's place in a trace; `span_id` is ours, `parent` the caller's if it told one."""

    trace_id: str
    span_id: str
    flags: str
    parent: str | None = None

    @property
    def header(self) -> str:
        """What we send back and onwards."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def begin_trace(traceparent: str | None) -> Trace:
    """The caller's trace with a span of our own. Version 00 takes exactly four parts."""
    found = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    if found is None or (found[1] == "00" and found[5]):
        fresh = os.urandom(24).hex()
        return Trace(fresh[:32], fresh[32:], "00")
    # Only the sampled bit has a meaning in version 00.
    flags = f"{int(found[4], 16) & 1:02x}"
    return Trace(found[2], os.urandom(8).hex(), flags, found[3])
