"""One recall as it leaves: a reference, the purposes that ended, and by when. No field.

It stands on the law itself (AVG 19), so that nothing in the system stops it: also of a casus
whose keys are gone. Its name in the log is then one of the moment, which belongs to nobody.
"""

import secrets
from typing import Final

from gateway.services.feed_place import TERUGROEPING
from privacy.errors import PrivacyError
from privacy.log.commitment import SALT_SIZE
from privacy.question import Candidate
from privacy.store.terugroepingen import Recall
from privacy.vault import CasusKeys
from schemas.terms import Grondslag

_PSEUDONIEM_BYTES: Final = 16


def recall_candidate(
    recall: Recall, bronhouder: str, keys: CasusKeys | None, occasion: str
) -> Candidate:
    """For the gate. `occasion`: two answers that tell the same recall have salts of their own."""
    pseudoniem, salt = _names(keys, f"{recall.terugroeping_id} {occasion}")
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
        "soort": TERUGROEPING,
        "doelen": sorted(doel.value for doel in recall.doelen),
        "uiterlijk": recall.uiterlijk.isoformat(),
    }


def _names(keys: CasusKeys | None, occasion: str) -> tuple[str, bytes]:
    try:
        if keys is not None:
            return keys.pseudoniem(), keys.salt(occasion)
    except PrivacyError:
        pass
    return secrets.token_hex(_PSEUDONIEM_BYTES), secrets.token_bytes(SALT_SIZE)
