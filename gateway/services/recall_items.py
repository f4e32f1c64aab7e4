"""One recall as it leaves: a reference, the purposes that ended, and by when. No field.

So does a notice that processing is restricted, which ends every purpose for as long; and of one
that a field was wrong goes the name of the field, never a value (AVG 19).

It stands on the law itself (AVG 19), so that nothing in the system stops it: also of a casus
whose keys are gone. Its name in the log is then one of the moment, which belongs to nobody.
"""

import secrets
from collections.abc import Callable
from typing import Final

from privacy.errors import PrivacyError
from privacy.log.commitment import new_salt
from privacy.question import Candidate
from privacy.store.terugroepingen import Recall
from privacy.vault import CasusKeys
from schemas.terms import Grondslag, Kennisgevingssoort

_PSEUDONIEM_BYTES: Final = 16


def recall_candidate(recall: Recall, bronhouder: str, keys: CasusKeys | None) -> Candidate:
    """For the gate."""
    pseudoniem, salt = _names(keys)
    return Candidate(
        casus=recall.casus,
        bronhouder=bronhouder,
        pseudoniem=pseudoniem,
        statements=(),
        grondslag=Grondslag.WETTELIJK,
        purpose=None,
        parts=(),
        salt=salt,
        caption=recall_text(recall),
    )


def recall_text(recall: Recall) -> dict[str, str | list[str]]:
    """What the recipient is told of it, in the feed as in the list."""
    return {
        "terugroepingId": str(recall.terugroeping_id),
        "casusreferentie": str(recall.referentie),
        "soort": recall.soort.value,
        **_told(recall),
        "uiterlijk": recall.uiterlijk.isoformat(),
    }


def _told(recall: Recall) -> dict[str, list[str]]:
    if recall.soort is Kennisgevingssoort.RECTIFICATIE:
        return {"velden": list(recall.velden)}
    return {"doelen": sorted(doel.value for doel in recall.doelen)}


def _names(keys: CasusKeys | None) -> tuple[str, Callable[[str], bytes]]:
    try:
        if keys is not None:
            return keys.pseudoniem(), keys.salt
    except PrivacyError:
        pass
    return secrets.token_hex(_PSEUDONIEM_BYTES), lambda _occasion: new_salt()
