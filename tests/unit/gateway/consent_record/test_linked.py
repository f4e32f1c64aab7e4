"""The record of a consent as JSON-LD: the profile's mandatory fields, in terms that exist."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCTERMS, RDF, XSD, Graph, Literal, URIRef

from gateway.consent_record.context import PROFILE
from gateway.consent_record.facts import Facts, Partij, Partijsoort
from gateway.consent_record.linked import consent_record
from gateway.consent_record.mandatory import FIELDS, missing
from privacy.consent import Weigering
from privacy.consent_events import Event, Gebeurtenis, state_of
from privacy.policy import load_policies
from schemas.canonical import canonical
from schemas.terms import Doel
from tests.unit.gateway.receipt.receipts import DETAILS, NOTICE, ROOT, a_statement

CASUS = UUID("01900000-0000-7000-8000-00000000000c")
POLICIES = load_policies(ROOT / "privacy" / "pia")
DAY = date(2020, 4, 1)
NOW = datetime(2020, 1, 1, 9, tzinfo=UTC)
RECALLED = datetime(2020, 2, 3, 10, 30, tzinfo=UTC)
DPV, GDPR, LOC = (
    "https://w3id.org/dpv#",
    "https://w3id.org/dpv/legal/eu/gdpr#",
    "https://w3id.org/dpv/loc#",
)
#: Terms of the DPV 2 and of Dublin Core that a record may use: this list, and nothing else.
OF_DPV = """
    ConsentRecord ConsentNotice ConsentGiven ConsentRefused ConsentExpired ConsentInvalidated
    ConsentRevoked ConsentWithdrawn ExplicitlyExpressedConsent WithdrawConsent DataSubject
    Immigrant VulnerableDataSubject DataController Recipient Representative Entity
    NonGovernmentalOrganisation NationalAuthority DataProtectionAuthority Process Purpose
    PersonalData SensitivePersonalData SpecialCategoryPersonalData StorageLocation
    StorageDuration DPIA Required Store Disclose hasDataSubject hasDataController hasRecipient
    hasNotice hasPurpose hasPersonalData hasLegalBasis hasStorageCondition hasJurisdiction
    hasRight hasConsentStatus hasConsentControl hasImpactAssessment hasDataSource hasProcessing
    hasProcess hasAuthority hasName hasAddress hasContact hasLocation hasDuration hasNecessity
    isImplementedByEntity
"""
OF_DUBLIN_CORE = "conformsTo identifier hasVersion language title description format date valid"
ARTICLES = ("6-1-a", "9-2-a", "7-3", 13, 15, 16, 17, 18, 20, 77)
KNOWN = {
    *(DPV + name for name in OF_DPV.split()),
    *(f"{GDPR}A{article}" for article in ARTICLES),
    *(str(DCTERMS[name]) for name in OF_DUBLIN_CORE.split()),
    *(LOC + place for place in ("NL", "EU")),
    *(PROFILE, str(RDF.type), str(XSD.dateTime), str(XSD.duration)),
}
# Of the library's own parser; nothing here names that class.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")


def a_party(code: str, soort: Partijsoort = Partijsoort.KETENPARTNER) -> Partij:
    return Partij(code, f"Naam van {code}", "Voorbeeldlaan 2", f"{code}@voorbeeld.example", soort)


def some_facts(
    *events: Event, day: date = DAY, recalled: datetime | None = None, **details
) -> Facts:
    known = events or (Event(Gebeurtenis.GEGEVEN, 7, a_statement()),)
    statement = state_of(known)
    pairs = statement.pairs | statement.uitgezonderd
    recipients = {recipient for recipient, _ in pairs}
    return Facts(
        casus=CASUS,
        statement=statement,
        events=tuple(known),
        moments={each.nummer: NOW + timedelta(days=each.nummer) for each in known},
        details=DETAILS | details,
        notice=NOTICE,
        teruggeroepen={} if recalled is None else {NOTICE.versie: recalled},
        bronhouder=a_party("sndvu", Partijsoort.BRONHOUDER),
        ontvangers={code: a_party(code) for code in recipients},
        regels={
            pair: rule
            for pair in pairs
            if (rule := POLICIES.of(pair[0]).doelen.get(pair[1])) is not None
        },
        dpia={POLICIES.of(code).dpia for code in recipients},
        dag=day,
    )


def graph_of(record: dict) -> Graph:
    return Graph().parse(data=canonical(record), format="json-ld")


def states(record: dict) -> list[str]:
    return [each["@type"].removeprefix("dpv:") for each in record["dpv:hasConsentStatus"]]


def test_it_says_that_it_is_a_record_after_the_profile_of_the_avg():
    graph = graph_of(consent_record(some_facts()))
    (record,) = graph.subjects(RDF.type, URIRef(DPV + "ConsentRecord"))

    assert (record, DCTERMS.conformsTo, URIRef(PROFILE)) in graph


def test_every_term_is_one_that_exists():
    graph = graph_of(consent_record(some_facts(vertegenwoordiger="Nidos")))

    used = {str(predicate) for _, predicate, _ in graph}
    used |= {str(thing) for _, _, thing in graph if isinstance(thing, URIRef)}
    used |= {
        str(each.datatype)
        for each in graph.objects()
        if isinstance(each, Literal) and each.datatype
    }

    assert {each for each in used if not each.startswith("urn:uuid:")} <= KNOWN


def test_nothing_has_to_be_fetched_to_read_it():
    assert isinstance(consent_record(some_facts())["@context"], dict)


def test_con_01_a_whole_record_lacks_nothing():
    assert missing(consent_record(some_facts())) == []


@pytest.mark.parametrize(("part", "field"), FIELDS, ids=[f"{p}/{f}" for p, f in FIELDS])
def test_con_01_each_mandatory_field_is_missed_when_it_is_taken_away(part, field):
    record = deepcopy(consent_record(some_facts()))
    node = record
    for name in filter(None, part.split("/")):
        node = node[name][0] if isinstance(node[name], list) else node[name]
    del node[field]

    assert f"{part}/{field}".lstrip("/") in missing(record)


@pytest.mark.parametrize("at", [0, 1], ids=["the place of storage", "how long"])
def test_con_01_place_and_term_of_storage_are_missed_too(at):
    record = deepcopy(consent_record(some_facts()))
    del record["dpv:hasProcess"][0]["dpv:hasStorageCondition"][at]

    assert len(missing(record)) == 1


def test_the_person_is_the_casus_and_neither_name_nor_number():
    record = consent_record(some_facts(vertegenwoordiger="Nidos, mw. De Vries"))

    assert record["dpv:hasDataSubject"]["@id"] == f"urn:uuid:{CASUS}"
    assert b"Vries" not in canonical(record)


def test_con_06_who_stood_beside_the_person_is_an_entity_of_the_event():
    record = consent_record(some_facts(vertegenwoordiger="Nidos"))

    entities = record["dpv:hasConsentStatus"][0]["dpv:isImplementedByEntity"]

    assert [each["dct:description"] for each in entities[1:]] == ["vertegenwoordiger", "tolk"]


def test_what_tells_of_health_is_marked_as_a_special_category():
    record = consent_record(some_facts())

    marked = {
        each["dct:identifier"]
        for process in record["dpv:hasProcess"]
        for each in process["dpv:hasPersonalData"]
        if "dpv:SpecialCategoryPersonalData" in each["@type"]
    }

    assert marked == {"uitstroomreden"}


# History


def test_con_02_the_whole_history_is_there_in_its_order_and_the_last_is_the_state():
    given_, withdrawn = a_statement(), a_statement(versie=3, ingetrokken_op=date(2020, 3, 1))
    events = (
        Event(Gebeurtenis.GEGEVEN, 1, given_),
        Event(Gebeurtenis.GEWIJZIGD, 2, a_statement(versie=2)),
        Event(Gebeurtenis.INGETROKKEN, 3, withdrawn),
    )

    assert states(consent_record(some_facts(*events))) == [
        "ConsentGiven",
        "ConsentGiven",
        "ConsentWithdrawn",
    ]


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        pytest.param(some_facts(day=date(2021, 1, 1)), "ConsentExpired", id="expired"),
        pytest.param(some_facts(recalled=RECALLED), "ConsentInvalidated", id="its notice recalled"),
        pytest.param(
            some_facts(Event(Gebeurtenis.GEGEVEN, 1, a_statement(gebrek=Weigering.TOLK_ONTBREEKT))),
            "ConsentInvalidated",
            id="without an interpreter",
        ),
        pytest.param(
            some_facts(Event(Gebeurtenis.GEWEIGERD, 1, a_statement())),
            "ConsentRefused",
            id="refused",
        ),
        pytest.param(
            some_facts(
                Event(Gebeurtenis.GEGEVEN, 1, a_statement()),
                Event(Gebeurtenis.VERVALLEN, 2, a_statement(versie=2, ingetrokken_op=DAY)),
            ),
            "ConsentRevoked",
            id="gone from the register",
        ),
    ],
)
def test_con_03_the_state_is_that_of_the_day(facts, last):
    assert states(consent_record(facts))[-1] == last
    assert missing(consent_record(facts)) == []


def test_con_03_a_recall_has_the_moment_at_which_it_was_on_whatever_day_the_record_is_asked():
    known = (Event(Gebeurtenis.GEGEVEN, 7, a_statement()),)

    told = [
        consent_record(some_facts(*known, day=DAY + timedelta(n), recalled=RECALLED))
        for n in (0, 1, 60, 500)
    ]

    ends = [record["dpv:hasConsentStatus"][-1] for record in told]
    assert [each["@type"] for each in ends] == ["dpv:ConsentInvalidated"] * 4
    assert {each["dct:date"] for each in ends} == {"2020-02-03T10:30:00.000Z"}


def test_con_02_a_recall_stays_in_the_history_when_more_happens():
    """Given, its notice recalled, withdrawn or given anew on another: each in its turn."""
    given_ = Event(Gebeurtenis.GEGEVEN, 1, a_statement())
    withdrawn = Event(
        Gebeurtenis.INGETROKKEN, 50, a_statement(versie=2, ingetrokken_op=date(2020, 2, 20))
    )
    anew = Event(Gebeurtenis.GEWIJZIGD, 50, a_statement(versie=2, verklaring="2020-2"))

    for later, state in ((withdrawn, "ConsentWithdrawn"), (anew, "ConsentGiven")):
        told = consent_record(some_facts(given_, later, recalled=RECALLED))
        assert states(told) == ["ConsentGiven", "ConsentInvalidated", state]


@pytest.mark.parametrize(
    ("until", "recalled", "state"),
    [
        pytest.param(date(2020, 2, 2), RECALLED, "ConsentExpired", id="it had expired"),
        pytest.param(date(2020, 3, 30), RECALLED, "ConsentInvalidated", id="it would expire later"),
    ],
)
def test_con_03_what_ended_it_is_what_came_first(until, recalled, state):
    event = Event(Gebeurtenis.GEGEVEN, 1, a_statement(laatste_dag=until))

    told = consent_record(some_facts(event, recalled=recalled))

    assert states(told) == ["ConsentGiven", state]


def test_what_was_withdrawn_before_the_recall_was_withdrawn_and_nothing_more():
    events = (
        Event(Gebeurtenis.GEGEVEN, 1, a_statement()),
        Event(Gebeurtenis.INGETROKKEN, 2, a_statement(versie=2, ingetrokken_op=date(2020, 1, 3))),
    )

    told = consent_record(some_facts(*events, recalled=RECALLED))

    assert states(told) == ["ConsentGiven", "ConsentWithdrawn"]


def test_of_a_part_that_was_withdrawn_the_rest_ends_with_the_notice():
    some = a_statement(versie=2, ontvangers=frozenset({"AVIM"}), ingetrokken_op=date(2020, 1, 3))
    events = (
        Event(Gebeurtenis.GEGEVEN, 1, a_statement()),
        Event(Gebeurtenis.INGETROKKEN, 2, some),
    )

    told = consent_record(some_facts(*events, recalled=RECALLED))

    assert states(told) == ["ConsentGiven", "ConsentWithdrawn", "ConsentInvalidated"]


PARTNERS = ["IND", "DT&V", "AVIM"]


@given(
    st.frozensets(st.sampled_from(PARTNERS), min_size=1),
    st.frozensets(st.sampled_from([Doel.AANMELDING, Doel.MUTATIES, Doel.CASUSOVERLEG]), min_size=1),
    st.lists(st.sampled_from(Gebeurtenis), max_size=5),
    st.dates(date(2019, 1, 1), date(2022, 1, 1)),
)
def test_every_statement_has_a_whole_record_whatever_happened_to_it(
    recipients, purposes, kinds, day
):
    events = [
        Event(
            kind,
            at,
            a_statement(
                versie=at,
                ontvangers=recipients,
                doelen=purposes,
                ingetrokken_op=DAY
                if kind in (Gebeurtenis.INGETROKKEN, Gebeurtenis.VERVALLEN)
                else None,
            ),
        )
        for at, kind in enumerate([Gebeurtenis.GEGEVEN, *kinds], 1)
    ]

    record = consent_record(some_facts(*events, day=day))

    assert missing(record) == []
    assert len(record["dpv:hasConsentStatus"]) >= len(events)
    assert consent_record(some_facts(*events, day=day)) == record
