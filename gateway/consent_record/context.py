"""The context of a record, written out in it: whoever reads it fetches nothing.

Prefixes are those of the DPV (2.x) and of Dublin Core; no term of our own is among them.
"""

from typing import Any, Final

#: The profile with all that the AVG asks for beside what ISO/IEC TS 27560 does.
PROFILE: Final = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"

_LINKS: Final = (
    "dpv:hasAuthority",
    "dpv:hasDataController",
    "dpv:hasDataSource",
    "dpv:hasDataSubject",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:hasLocation",
    "dpv:hasNecessity",
    "dpv:hasProcessing",
    "dpv:hasPurpose",
    "dpv:hasRecipient",
    "dpv:hasRight",
    "dpv:isImplementedByEntity",
    "dct:conformsTo",
)

CONTEXT: Final[dict[str, Any]] = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:date": {"@type": "xsd:dateTime"},
    "dpv:hasDuration": {"@type": "xsd:duration"},
    **{name: {"@type": "@id"} for name in _LINKS},
}
