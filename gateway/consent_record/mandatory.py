"""The mandatory fields of the profile, and which of them a record lacks (CON-01).

After ISO/IEC TS 27560 with what the AVG makes mandatory, as the DPV's guide lists them. One row
per field: where it stands, in the record or in each of its parts.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

#: Part of the record ("" is the record itself), then field: what 27560 calls it.
FIELDS: Final[Mapping[tuple[str, str], str]] = {
    ("", "dct:conformsTo"): "schema version",
    ("", "dct:identifier"): "record id",
    ("", "dpv:hasDataSubject"): "pii principal",
    ("dpv:hasDataSubject", "dct:identifier"): "pii principal id",
    ("", "dpv:hasNotice"): "privacy notice",
    ("dpv:hasNotice", "dct:identifier"): "privacy notice id",
    ("", "dct:language"): "language",
    ("", "dpv:hasProcess"): "processing",
    ("dpv:hasProcess", "dpv:hasPurpose"): "purpose",
    ("dpv:hasProcess", "dpv:hasPersonalData"): "pii information",
    ("dpv:hasProcess/dpv:hasPersonalData", "@type"): "pii type and special category",
    ("dpv:hasProcess/dpv:hasPersonalData", "dct:identifier"): "pii attribute id",
    ("dpv:hasProcess/dpv:hasPersonalData", "dpv:hasNecessity"): "pii optional",
    ("dpv:hasProcess", "dpv:hasRecipient"): "recipient of the purpose",
    ("dpv:hasProcess", "dpv:hasStorageCondition"): "storage locations and retention period",
    ("", "dpv:hasDataController"): "pii controllers",
    ("", "dpv:hasRecipient"): "recipient third parties",
    ("", "dpv:hasJurisdiction"): "jurisdiction",
    ("", "dpv:hasConsentControl"): "withdrawal method",
    ("", "dpv:hasLegalBasis"): "lawful basis",
    ("", "dpv:hasDataSource"): "collection method",
    ("", "dpv:hasProcessing"): "processing method",
    ("", "dpv:hasRight"): "privacy rights",
    ("", "dpv:hasAuthority"): "authority party",
    ("", "dpv:hasImpactAssessment"): "impact assessment",
    **{
        (party, field): f"party {word}"
        for party in ("dpv:hasDataController", "dpv:hasRecipient", "dpv:hasAuthority")
        for field, word in (
            ("dct:identifier", "id"),
            ("dpv:hasAddress", "address"),
            ("dpv:hasName", "name"),
            ("dpv:hasContact", "contact"),
            ("@type", "type"),
        )
    },
    ("", "dpv:hasConsentStatus"): "events",
    ("dpv:hasConsentStatus", "dct:date"): "event time",
    ("dpv:hasConsentStatus", "dct:valid"): "validity duration",
    ("dpv:hasConsentStatus", "dpv:isImplementedByEntity"): "entity id",
    ("dpv:hasConsentStatus", "dpv:hasLegalBasis"): "event type",
    ("dpv:hasConsentStatus", "@type"): "event state",
}
_STORED: Final = "dpv:hasProcess/dpv:hasStorageCondition"
_STORAGE: Final = {
    "dpv:StorageLocation": "dpv:hasLocation",
    "dpv:StorageDuration": "dpv:hasDuration",
}


def missing(record: Mapping[str, Any]) -> list[str]:
    """Each mandatory field that is not there, or is empty, in some part: `part/field`."""
    found = [
        f"{part}/{field}".lstrip("/")
        for part, field in FIELDS
        if any(not node.get(field) for node in _nodes(record, part))
    ]
    return found + [f"{_STORED}/{field}" for field in _unstored(record)]


def _unstored(record: Mapping[str, Any]) -> list[str]:
    """Of place and term of storage, what some process does not say."""
    lacking = set()
    for process in _nodes(record, "dpv:hasProcess"):
        told = {
            each.get("@type"): each for each in _several(process.get("dpv:hasStorageCondition"))
        }
        lacking |= {field for kind, field in _STORAGE.items() if not told.get(kind, {}).get(field)}
    return sorted(lacking)


def _nodes(record: Mapping[str, Any], part: str) -> Iterator[Mapping[str, Any]]:
    """The parts of a record that a path leads to; a part that is missing is its own fault."""
    head, _, rest = part.partition("/")
    if not head:
        yield record
        return
    for node in _several(record.get(head)):
        yield from _nodes(node, rest)


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
