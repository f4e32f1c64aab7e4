"""Facts to JSON-LD: a pure mapping after the DPV's guide for ISO/IEC TS 27560.

The data subject is the random id of the casus: no V-nummer, no name, and no pseudonym of the log,
which would tie the record to lines that outsiders can read. A consent covers pairs of recipient
and purpose, so each pair is a process of its own, with what it may have and for how long.
"""

from collections.abc import Mapping
from typing import Any, Final

from gateway.consent_record.context import CONTEXT, PROFILE
from gateway.consent_record.facts import Facts, Partij
from gateway.consent_record.history import history
from privacy.consent import Pair
from privacy.notice_texts import USUAL, Verklaringstekst
from privacy.policy import PurposeRule
from schemas.records import Casussamenvatting, wire_names
from schemas.sensitivity import Gevoeligheid, classes_of
from schemas.terms import Precisie

Json = dict[str, Any]

_CLASSES: Final = {
    wire: classes_of(Casussamenvatting)[name]
    for name, wire in wire_names(Casussamenvatting).items()
}
_KINDS: Final[Mapping[Gevoeligheid, str]] = {
    Gevoeligheid.GEWOON: "dpv:PersonalData",
    Gevoeligheid.GEVOELIG: "dpv:SensitivePersonalData",
    Gevoeligheid.BIJZONDER: "dpv:SpecialCategoryPersonalData",
    Gevoeligheid.STRAFRECHTELIJK: "dpv:SpecialCategoryPersonalData",
    Gevoeligheid.NATIONAAL_NUMMER: "dpv:SensitivePersonalData",
}
#: To withdraw (7 lid 3), to be told, see, correct, erase, restrict, take along, and complain.
_RIGHTS: Final = tuple(
    f"eu-gdpr:{article}" for article in ("A7-3", "A13", "A15", "A16", "A17", "A18", "A20", "A77")
)
#: The supervisor of the AVG in the Netherlands (UAVG 6).
_AUTHORITY: Final[Mapping[str, Any]] = {
    "@type": "dpv:DataProtectionAuthority",
    "dct:identifier": "autoriteit-persoonsgegevens",
    "dpv:hasName": "Autoriteit Persoonsgegevens",
    "dpv:hasAddress": "Hoge Nieuwstraat 8, 2514 EL Den Haag",
    "dpv:hasContact": "https://autoriteitpersoonsgegevens.nl",
}


def consent_record(facts: Facts) -> Json:
    """The whole record. Is every mandatory field there? `mandatory.missing` says."""
    said, places = facts.statement, _places(facts)
    pairs = sorted(said.pairs | said.uitgezonderd)
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{said.toestemming_id}",
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": PROFILE,
        "dct:identifier": str(said.toestemming_id),
        "dct:hasVersion": str(said.versie),
        "dpv:hasDataSubject": {
            "@id": _subject(facts),
            "@type": ["dpv:DataSubject", "dpv:Immigrant", "dpv:VulnerableDataSubject"],
            "dct:identifier": str(facts.casus),
        },
        "dpv:hasDataController": _party(facts.bronhouder, places, "dpv:DataController"),
        "dpv:hasRecipient": [
            _party(facts.ontvangers[code], places, "dpv:Recipient")
            for code in sorted({recipient for recipient, _ in pairs})
        ],
        "dpv:hasNotice": _notice(facts),
        "dct:language": facts.details["taal"],
        "dpv:hasLegalBasis": ["eu-gdpr:A6-1-a", "eu-gdpr:A9-2-a"],
        "dpv:hasJurisdiction": ["loc:NL", "loc:EU"],
        "dpv:hasDataSource": _subject(facts),
        "dpv:hasProcessing": ["dpv:Store", "dpv:Disclose"],
        "dpv:hasRight": list(_RIGHTS),
        "dpv:hasAuthority": dict(_AUTHORITY),
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dct:description": _told(facts).stoppen,
        },
        "dpv:hasImpactAssessment": [
            {"@type": "dpv:DPIA", "dct:title": title} for title in sorted(facts.dpia)
        ],
        "dpv:hasProcess": [
            _process(facts, pair, facts.regels[pair], places)
            for pair in pairs
            # What no policy has, or was never explained, is no processing: nothing leaves.
            if pair in facts.regels and facts.notice.fields(*pair)
        ],
        "dpv:hasConsentStatus": history(facts, _subject(facts), places),
    }


def _subject(facts: Facts) -> str:
    return f"urn:uuid:{facts.casus}"


def _places(facts: Facts) -> dict[str, str]:
    """What each party is called within the record."""
    codes = (facts.bronhouder.code, *sorted(facts.ontvangers))
    return {code: f"_:partij{number}" for number, code in enumerate(codes)}


def _party(partij: Partij, places: Mapping[str, str], role: str) -> Json:
    return {
        "@id": places[partij.code],
        "@type": [role, f"dpv:{partij.soort}"],
        "dct:identifier": partij.oin or partij.code,
        "dpv:hasName": partij.naam,
        "dpv:hasAddress": partij.adres,
        "dpv:hasContact": partij.contact,
    }


def _told(facts: Facts) -> Verklaringstekst:
    notice = facts.notice
    return notice.teksten[notice.closest(facts.details["taal"]) or USUAL]


def _notice(facts: Facts) -> Json:
    return {
        "@type": "dpv:ConsentNotice",
        "dct:identifier": facts.notice.digest,
        "dct:hasVersion": facts.notice.versie,
        "dct:title": facts.notice.titel,
        "dct:language": facts.details["taal"],
    }


def _process(facts: Facts, pair: Pair, rule: PurposeRule, places: Mapping[str, str]) -> Json:
    recipient, doel = pair
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {"@type": "dpv:Purpose", "dct:identifier": doel.value},
        "dpv:hasRecipient": places[recipient],
        "dpv:hasPersonalData": [
            _personal_data(name, precisie)
            for name, precisie in sorted(facts.notice.fields(recipient, doel).items())
        ],
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": "loc:NL"},
            _retention(rule),
        ],
    }


def _personal_data(name: str, precisie: Precisie) -> Json:
    """A field, in the precision of the notice; its type says whether it is of a special kind."""
    return {
        "@type": ["dpv:PersonalData", _KINDS[_CLASSES[name]]],
        "dct:identifier": name,
        "dct:format": precisie.value,
        "dpv:hasNecessity": "dpv:Required",
    }


def _retention(rule: PurposeRule) -> Json:
    return {
        "@type": "dpv:StorageDuration",
        "dpv:hasDuration": rule.bewaartermijn,
        "dct:description": f"na {rule.anker.replace('_', ' ')}",
    }
