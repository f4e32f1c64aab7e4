"""What the OpenAPI document says of each endpoint, in Dutch; paths, scopes and errors it knows.

Schemas are names in `components`: those of `schemas.json_schema`, and `openapi_schemas.json`.
Their examples stand in `openapi_examples.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from gateway.answers import CSS, HTML, JSON
from gateway.deprecation import Vervallen


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint. `answer` and `body` name schemas; `errors` adds to those all share.

    `located`: the answer says where what was made can be read. `media` is the form of an answer
    that is no JSON.
    """

    summary: str
    tag: str
    answer: str
    description: str = ""
    body: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    errors: tuple[HTTPStatus, ...] = ()
    located: bool = False
    media: str = JSON
    vervallen: Vervallen | None = None


_NOT_FOUND: Final = (HTTPStatus.NOT_FOUND,)
_CONFLICT: Final = (HTTPStatus.CONFLICT,)
_CREATED: Final = HTTPStatus.CREATED

#: In the order in which the docs page shows them.
TAGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Aanleveringen": "Een organisatie levert casussamenvattingen aan, met de toestemmingen"
        " waarop zij rusten. Wat zonder toestemming is, wordt nergens verstrekt.",
        "Casussen": "Een organisatie ziet haar eigen casussen terug, zoals de gateway ze bewaart.",
        "Toestemmingen": "Een toestemming vastleggen, lezen en intrekken. Intrekken is even"
        " makkelijk als geven (AVG 7 lid 3) en werkt meteen.",
        "Mutaties": "Een ketenpartner haalt op wat er voor hem veranderd is, in volgorde en"
        " zonder gaten.",
        "Overleggen": "Het LSO: de gemeente plant en bevriest, organisaties dragen voor,"
        " ketenpartners halen hun pakket op.",
        "Bewaringstoetsen": "Voor een bewaring: is iemand in begeleiding?",
        "Beschrijving": "Deze API zelf: het document en de pagina die u leest.",
    }
)

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "aanleveringen.accept": Operation(
            "Lever casussamenvattingen aan, met hun toestemmingen",
            "Aanleveringen",
            "aanleveringsresultaat",
            "Elk item krijgt een eigen resultaat: `aangenomen`, `ongewijzigd`, `verouderd` of"
            " `geweigerd`, met de fouten erbij. Wat aangenomen is, is in \u00e9\u00e9n transactie"
            " vastgelegd. Met `proef=true` wordt alles nagekeken en niets bewaard; dan is geen"
            " Idempotency-Key nodig.",
            body="aanlevering",
            query=("proef",),
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
        ),
        "beleid.show": Operation(
            "Toon het beleid en de verklaringen die gelden",
            "Aanleveringen",
            "beleid",
            "De digests van het beleid per ontvanger en van de verklaringen per versie. Een node"
            " legt ze vast en levert niet meer aan zodra zij verschillen van wat zijn organisatie"
            " goedkeurde.",
        ),
        "toestemmingen.register": Operation(
            "Leg een toestemming vast",
            "Toestemmingen",
            "toestemmingsstand",
            "Voegt \u00e9\u00e9n toestemming toe aan een eigen casus, of wijzigt haar. Dezelfde"
            " regels als binnen een aanlevering.",
            body="toestemmingsverzoek",
            status=_CREATED,
            headers=("Idempotency-Key",),
            errors=_NOT_FOUND + _CONFLICT,
        ),
        "toestemmingen.show": Operation(
            "Toon een toestemming",
            "Toestemmingen",
            "toestemmingsstand",
            "De stand van vandaag van een eigen toestemming. Een toestemming van een andere"
            " organisatie geeft hetzelfde antwoord als een die niet bestaat.",
        ),
        "toestemmingen.withdraw": Operation(
            "Trek een toestemming in",
            "Toestemmingen",
            "toestemmingsstand",
            "Voor alle ontvangers of voor enkele. Vanaf het antwoord geeft geen ophaalactie,"
            " bezorging of bevroren pakket de casus nog, en krijgt wie hem eerder kreeg een"
            " terugroeping. Intrekken telt niet mee voor het aantal verzoeken per minuut en wordt"
            " daarom nooit geweigerd.",
            body="intrekking",
            status=_CREATED,
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
        ),
        "bewaringstoetsen.answer": Operation(
            "Vraag voor een bewaring of iemand in begeleiding is",
            "Bewaringstoetsen",
            "bewaringstoets",
            "Het antwoord is `in_begeleiding` of `niet_bekend`. Het tweede zegt niet waarom: er is"
            " niemand, er is geen toestemming voor u, of de begeleiding is afgelopen. Kan de"
            " gateway de vraag niet beantwoorden, dan is het antwoord 503 en nooit `niet_bekend`.",
            body="casusvraag",
        ),
        "casussen.find": Operation(
            "Zoek uw eigen casus op V-nummer",
            "Casussen",
            "casussen",
            "Het V-nummer staat in het bericht, nooit in een adres. Een casus van een andere"
            " organisatie wordt niet gevonden, net als een die niet bestaat.",
            body="casusvraag",
        ),
        "casussen.show": Operation(
            "Toon uw eigen casus",
            "Casussen",
            "casus",
            "Zoals de gateway hem bewaart, ook als er geen toestemming meer is.",
        ),
        "mutaties.page": Operation(
            "Haal de mutaties op die voor u zijn",
            "Mutaties",
            "mutatiepagina",
            "Een bladzijde na de cursor `na`, of vanaf het begin. Bewaar `volgende` pas als de"
            " bladzijde is verwerkt. De cursor is elke keer een andere tekst en zegt niets over"
            " wat u niet mag zien. Het antwoord is ondertekend en draagt de regel van het"
            " auditlogboek waarin deze verstrekking staat.",
            query=("na", "limiet"),
        ),
        "overleggen.plan": Operation(
            "Plan een overleg",
            "Overleggen",
            "overleg",
            "Voor de gemeente. Het overleg staat open voor voordrachten tot de agenda is bevroren.",
            body="overlegplan",
            status=_CREATED,
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
            located=True,
        ),
        "overleggen.index": Operation(
            "Toon de overleggen",
            "Overleggen",
            "overleggen",
            "De overleggen zonder agenda, het laatste eerst, in bladzijden. Geef `volgende` mee als"
            " `na` voor de volgende; na de laatste is hij `null`. De cursor geldt alleen voor u.",
            query=("na", "limiet"),
        ),
        "overleggen.show": Operation(
            "Toon een overleg",
            "Overleggen",
            "overleg",
            "Met de agendapunten die u mag zien: een organisatie haar eigen, de gemeente een"
            " nummer en geen casus. Zijn het er meer dan honderd, dan leidt `volgende` naar de rest"
            " van de agenda.",
        ),
        "overleggen.agenda": Operation(
            "Toon de agenda van een overleg",
            "Overleggen",
            "agenda",
            "De agendapunten die u mag zien, in de volgorde van de agenda en in bladzijden. Aan"
            " de cursor is niet te zien hoeveel andere er zijn.",
            query=("na", "limiet"),
        ),
        "overleggen.nominate": Operation(
            "Draag casussen voor",
            "Overleggen",
            "voordrachtresultaat",
            "Elke casus krijgt een eigen resultaat. Een casus van een andere organisatie wordt"
            " geweigerd als een die niet bestaat.",
            body="agendering",
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
        ),
        "overleggen.freeze": Operation(
            "Bevries de agenda",
            "Overleggen",
            "overleg",
            "Legt de agenda en de versie van elke samenvatting vast. Wat een partner daarvan mag"
            " zien, wordt bij elk ophalen opnieuw bepaald. Er hoort geen bericht bij.",
            status=_CREATED,
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
        ),
        "pakketten.download": Operation(
            "Haal uw pakket van een overleg op",
            "Overleggen",
            "pakket",
            "Wat u vandaag mag zien van de bevroren agenda, als JSON met een losse handtekening in"
            " `Payload-Signature`, of als \u00e9\u00e9n ondertekend geheel met"
            " `Accept: application/jose`. Een casus zonder grond staat er niet in.",
        ),
        "openapi.document": Operation(
            "Toon deze beschrijving",
            "Beschrijving",
            "antwoord",
            "Het OpenAPI-document, gemaakt uit wat deze installatie doet. Voor iedereen, ook"
            " vanuit een browser.",
        ),
        "docs.page": Operation(
            "Toon deze beschrijving als pagina",
            "Beschrijving",
            "pagina",
            "Hetzelfde als het document, om te lezen. De `type` van elk probleem leidt hierheen.",
            media=HTML,
        ),
        "docs.style": Operation(
            "Toon de opmaak van de pagina",
            "Beschrijving",
            "pagina",
            "Het stijlblad van de pagina met de beschrijving.",
            media=CSS,
        ),
    }
)
