"""Whether a partner found all that it received in the log, by the signed checkpoints of the log.

A checkpoint that holds the last entry comes a moment later than the entry: that is waited for.
"""

import time
from collections.abc import Callable
from typing import Final

from gateway.demo.errors import DemoError
from gateway.demo.partners import Partner
from gateway.demo.persistence import persist

_PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.2


def await_receipts(partner: Partner, require: Callable[[], None]) -> int:
    """How many receipts were found and checked: all of them, or none where no book is kept.

    DemoError where one stays without a proof, or the log does not fit; `require` raises when
    there is no sense in waiting any longer.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        stand = persist(f"ontvangstbewijzen van {partner.code}", partner.check_receipts)
        if stand is None:
            return 0
        if stand.bewezen == stand.ontvangen:
            return stand.bewezen
        require()
        if time.monotonic() > deadline:
            raise DemoError(f"{partner.code} krijgt van het auditlog geen bewijs.")
        time.sleep(_PAUSE_SECONDS)
