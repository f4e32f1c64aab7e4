"""Saying no to a call through FSC: the refusals of the gateway, with the code of the standard.

The code goes beside the problem in `Fsc-Error-Code` (FSC Core 2.0 and Logging 1.1, errors of
the Inway). Every refusal of one status reads the same: which check failed is not told.
"""

from enum import StrEnum
from typing import Final

from gateway.request import AskedRequest

HEADER: Final = "Fsc-Error-Code"


class Foutcode(StrEnum):
    """The codes that have a meaning for a service behind an Inway."""

    TOKEN_ONTBREEKT = "ACCESS_TOKEN_MISSING"  # noqa: S105  a code, no secret
    TOKEN_ONGELDIG = "ACCESS_TOKEN_INVALID"  # noqa: S105
    TOKEN_VERLOPEN = "ACCESS_TOKEN_EXPIRED"  # noqa: S105
    VERKEERDE_GROEP = "WRONG_GROUP_ID_IN_TOKEN"
    TRANSACTIE_ONTBREEKT = "MISSING_LOG_RECORD_ID"
    TRANSACTIE_ONGELDIG = "INVALID_LOG_RECORD_ID"
    NIET_GELOGD = "TRANSACTION_LOG_WRITE_ERROR"


def note(asked: AskedRequest, code: Foutcode) -> None:
    """Let the answer carry the code, whatever the answer turns out to be."""
    asked.fsc_headers[HEADER] = code.value
