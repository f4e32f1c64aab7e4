"""A policy against the organisation's DPIA: what the DPIA does not support is a fault.

Not checked here: whether the notice that people were read names the same (`privacy.notice`), who
approves, and whether the DPIA itself is right.
"""

import re
from typing import Final

from privacy.dpia.answers import Dpia
from privacy.dpia.fields import alike
from privacy.dpia.findings import Bevinding, Bevindingen, Regel
from privacy.dpia.joins import joins
from privacy.dpia.limits import limits
from privacy.dpia.place import Place
from privacy.dpia.purpose import purpose_faults
from privacy.dpia.remarks import remarks
from privacy.dpia.support import recipients
from privacy.errors import PolicyFaultError
from privacy.policy import Policy, parse_policy

_FAULT: Final = re.compile(
    r"(?:\[(?P<table>[^\]]*)\] )?(?:(?P<key>[^\s:]+): )?(?P<text>.+)", re.DOTALL
)


def check(policy: Policy, dpia: Dpia) -> Bevindingen:
    """Every fault and every warning of a policy."""
    read = limits(dpia)
    known = alike(policy.ontvanger) in map(alike, recipients(dpia))
    faults = [] if known else [_unknown_party(policy)]
    for rule in policy.doelen.values():
        place = Place(policy.ontvanger, rule)
        faults += purpose_faults(place, dpia, read, known_party=known)
    warnings = (*joins(policy), *remarks(policy, dpia, read))
    return Bevindingen(tuple(faults), warnings)


def check_text(source_name: str, text: str, dpia: Dpia) -> tuple[Policy | None, Bevindingen]:
    """The same for the text of a policy; one that is no policy has that as its faults."""
    try:
        policy = parse_policy(source_name, text)
    except PolicyFaultError as error:
        return None, Bevindingen(tuple(_of_the_file(fault) for fault in error.faults), ())
    return policy, check(policy, dpia)


def _unknown_party(policy: Policy) -> Bevinding:
    return Bevinding(
        "", "ontvanger", Regel.PARTIJ, "6.1.1", "De DPIA kent geen ontvanger met deze naam."
    )


def _of_the_file(fault: str) -> Bevinding:
    """A fault of reading, taken apart: "[table] key: text"."""
    found = _FAULT.fullmatch(fault)
    if found is None:
        return Bevinding("", "", Regel.VORM, "", fault)
    text = found["text"]
    return Bevinding(
        found["table"] or "", found["key"] or "", Regel.VORM, "", f"{text[:1].upper()}{text[1:]}."
    )
