"""What partners and the municipality do, as the OpenAPI document says it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.openapi_operation import CONFLICT, CREATED, Operation

KETENPARTNERS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "bewaringstoetsen.answer": Operation(
            "Vraag voor een bewaring of iemand in begeleiding is",
            "Bewaringstoetsen",
            "bewaringstoets",
            "Het antwoord is `in_begeleiding` of `niet_bekend`. Het tweede zegt niet waarom: er is"
            " niemand, er is geen toestemming voor u, of de begeleiding is afgelopen. Kan de"
            " gateway de vraag niet beantwoorden, dan is het antwoord 503 en nooit `niet_bekend`.",
            body="casusvraag",
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
        "terugroepingen.index": Operation(
            "Toon de terugroepingen die voor u zijn",
            "Terugroepingen",
            "terugroepingen",
            "Wat u van een casus kreeg en voor deze doelen niet meer mag gebruiken, met de dag"
            " waarop u dat uiterlijk bevestigt. Ook dat een casus is beperkt (`beperking`) of dat"
            " velden onjuist waren (`rectificatie`) staat erin. Dezelfde terugroepingen staan in de"
            " mutaties. Deze lijst antwoordt ook als er geen beleid van kracht is, en zonder doel."
            " Met `open=true` alleen wat u nog niet heeft bevestigd. Het antwoord is ondertekend.",
            query=("na", "limiet", "open"),
        ),
        "terugroepingen.confirm": Operation(
            "Bevestig een terugroeping",
            "Terugroepingen",
            "bevestigdeTerugroeping",
            "U verklaart dat u het eerder verstrekte niet meer gebruikt; bij een rectificatie, dat"
            " u de velden heeft verbeterd of gewist. De eerste bevestiging"
            " telt; nog eens bevestigen verandert niets en geeft hetzelfde antwoord. Er hoort geen"
            " bericht bij.",
            status=CREATED,
        ),
        "overleggen.plan": Operation(
            "Plan een overleg",
            "Overleggen",
            "overleg",
            "Voor de gemeente. Het overleg staat open voor voordrachten tot de agenda is bevroren.",
            body="overlegplan",
            status=CREATED,
            headers=("Idempotency-Key",),
            errors=CONFLICT,
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
            errors=CONFLICT,
        ),
        "overleggen.freeze": Operation(
            "Bevries de agenda",
            "Overleggen",
            "overleg",
            "Legt de agenda en de versie van elke samenvatting vast. Wat een partner daarvan mag"
            " zien, wordt bij elk ophalen opnieuw bepaald. Er hoort geen bericht bij.",
            status=CREATED,
            headers=("Idempotency-Key",),
            errors=CONFLICT,
        ),
        "pakketten.download": Operation(
            "Haal uw pakket van een overleg op",
            "Overleggen",
            "pakket",
            "Wat u vandaag mag zien van de bevroren agenda, als JSON met een losse handtekening in"
            " `Payload-Signature`, of als \u00e9\u00e9n ondertekend geheel met"
            " `Accept: application/jose`. Een casus zonder grond staat er niet in.",
        ),
    }
)
