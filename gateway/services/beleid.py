"""Which policies and notices are in force, by digest: nodes pin what they approved."""

from typing import Any

from gateway.caller import Caller
from gateway.wiring import Parts


def show_beleid(parts: Parts, caller: Caller) -> dict[str, Any]:
    """The digests; no personal data, so no gate."""
    return {"beleid": parts.policies.digests(), "verklaringen": parts.notices.digests()}
