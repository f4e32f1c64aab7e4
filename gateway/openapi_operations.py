"""What the OpenAPI document says of each endpoint, in Dutch; paths, scopes and errors it knows.

Schemas are names in `components`: those of `schemas.json_schema`, and `openapi_schemas.json`.
Their examples stand in `openapi_examples.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from gateway.answers import CSS, HTML, JSON, LD_JSON, PDF
from gateway.deprecation import Vervallen
from gateway.problem_types import PROOF_NOT_YET, Row


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint. `answer` and `body` name schemas; `errors` adds to those all share.

    `kinds` are problems that an operation has only if it names them. `located`: the answer says
    where what was made can be read. `media` is the form of an answer that is no JSON; `also` are
    the others that it has beside its usual one.
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
    kinds: tuple[Row, ...] = ()
    located: bool = False
    media: str = JSON
    also: tuple[str, ...] = ()
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
        "Terugroepingen": "Een ketenpartner ziet wat hij niet meer mag gebruiken, en bevestigt dat"
        " (AVG 19).",
        "Overleggen": "Het LSO: de gemeente plant en bevriest, organisaties dragen voor,"
        " ketenpartners halen hun pakket op.",
        "Bewaringstoetsen": "Voor een bewaring: is iemand in begeleiding?",
        "Audit": "Bewijs dat het auditlog alleen groeit: controlepunten, en wat erin staat.",
        "Toezicht": "De privacyofficer (FG) leest het auditlogboek en maakt het inzageverslag van"
        " een persoon (AVG 15).",
        "Verwerkingen": "Het register van verwerkingen (AVG 30), waar elk record in een logboek"
        " naar verwijst.",
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
            " vastgelegd. Elke toestemming die nieuw of gewijzigd is, draagt de `handtekening`"
            " van uw organisatie (docs/aansluiten.md); wat alleen een toestemming"
            " be\u00ebindigt, hoeft er geen te hebben. Met `proef=true` wordt alles nagekeken en"
            " niets bewaard; dan is geen Idempotency-Key nodig.",
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
            " goedkeurde. `logstand` is hoe ver het auditlog nu is: stuur `handtekening` bij uw"
            " volgende aanroep mee in de header `Lso-Logstand`. Noemt `herstel` een herstel, lever"
            " dan alles opnieuw aan en meld dat met `POST /v1/herstelmeldingen`.",
            headers=("Lso-Logstand",),
        ),
        "herstelmeldingen.report": Operation(
            "Meld dat u na een herstel alles opnieuw hebt aangeleverd",
            "Aanleveringen",
            "herstelmelding",
            "Nadat de gateway uit een back-up is hersteld, verstrekt hij niets tot elke organisatie"
            " dit heeft gemeld. Op dat moment eindigen uw toestemmingen die u sinds het herstel"
            " niet opnieuw noemde. Nog eens melden verandert niets.",
            body="herstelmelding",
            status=_CREATED,
            errors=_NOT_FOUND,
        ),
        "toestemmingen.register": Operation(
            "Leg een toestemming vast",
            "Toestemmingen",
            "toestemmingsstand",
            "Voegt \u00e9\u00e9n toestemming toe aan een eigen casus, of wijzigt haar. Dezelfde"
            " regels als binnen een aanlevering, ook wat de `handtekening` aangaat.",
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
            " organisatie geeft hetzelfde antwoord als een die niet bestaat. Met"
            " `Accept: application/ld+json` krijgt u het hele bewijs van de toestemming volgens"
            " ISO/IEC TS 27560 in de termen van W3C DPV; dat staat in het auditlogboek.",
            errors=_CONFLICT,
            also=(LD_JSON,),
        ),
        "toestemmingen.receipt": Operation(
            "Haal het ontvangstbewijs van een toestemming op",
            "Toestemmingen",
            "ontvangstbewijs",
            "Voor de persoon zelf, in gewone woorden: wat is afgesproken, wie wat mag zien, tot"
            " wanneer en hoe te stoppen. Als PDF (een A4) of HTML, of als JSON: de sha256 van die"
            " bytes is de code die op het papier staat. Er staat geen naam en geen V-nummer op.",
            query=("taal",),
            also=(PDF, HTML),
        ),
        "toestemmingen.withdraw": Operation(
            "Trek een toestemming in",
            "Toestemmingen",
            "toestemmingsstand",
            "Voor alle ontvangers en doelen, voor enkele ontvangers (`ontvangers`), voor enkele"
            " doelen (`doelen`), of voor beide samen; de rest blijft. Vanaf het antwoord geeft"
            " geen ophaalactie, bezorging of bevroren pakket daarvoor de casus nog, en krijgt wie"
            " hem eerder kreeg een terugroeping. Een ontvanger of doel dat niet in de toestemming"
            " staat, is geen fout. Intrekken telt niet mee voor het aantal verzoeken per minuut en"
            " wordt daarom nooit geweigerd.",
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
        "casussen.verstrekkingen": Operation(
            "Toon wie iets van uw casus kreeg",
            "Casussen",
            "verstrekkingen",
            "Elke regel van het auditlogboek over deze casus: wie wat kreeg, vroeg of bekeek,"
            " wanneer, waarvoor, welke velden en op welke toestemming. Van dezelfde persoon bij een"
            " andere organisatie staat hier niets, ook niet of zij er is.",
        ),
        "inzageverzoeken.report": Operation(
            "Maak het inzageverslag van een persoon",
            "Toezicht",
            "inzageverslag",
            "Alles wat van iemand is verstrekt, geweigerd en bekeken, bij alle organisaties samen:"
            " voor de persoon zelf, en voor niemand anders. Elke verstrekking heeft het `zout`"
            " waarmee de afdruk in het logboek opengaat. Een gewiste casus wordt alleen gevonden"
            " met het `wisbewijs`. Is er niets, dan zijn er geen casussen. Als JSON, of als PDF om"
            " af te drukken.",
            body="inzageverzoek",
            also=(PDF,),
        ),
        "auditregels.search": Operation(
            "Zoek in het auditlogboek",
            "Toezicht",
            "auditregels",
            "Op soort, organisatie, ontvanger, doel, tijd, trace en pseudoniem, in bladzijden. Met"
            " `vorm: getroffen` antwoordt hij van wie een ontvanger tussen twee momenten iets"
            " kreeg, en welke velden (AVG 33). Dat er is gelezen, staat in het logboek.",
            body="logvraag",
            query=("na", "limiet"),
        ),
        "beperkingen.restrict": Operation(
            "Beperk de verwerking van uw eigen casus, of hef dat op",
            "Casussen",
            "casusbeperking",
            "Op een van de gronden van AVG 18 lid 1; `bezwaar` is ook dat van AVG 21. Zolang er een"
            " grond staat, vertrekt niets van de casus op toestemming en antwoordt een"
            " bewaringstoets als voor wie niet bekend is. Aanleveren en intrekken gaan door. Wie de"
            " casus eerder kreeg, krijgt bericht. Vervalt de laatste grond, dan begint de"
            " verstrekking opnieuw met de casus zoals die dan is. Een grond die al staat, verandert"
            " niets.",
            body="beperkingsverzoek",
            status=_CREATED,
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
        ),
        "rectificaties.rectify": Operation(
            "Meld welke gegevens van uw eigen casus onjuist waren",
            "Casussen",
            "casusrectificatie",
            "Elke ontvanger die een van deze velden ooit kreeg, krijgt bericht dat het onjuist was:"
            " de naam van het veld, nooit een waarde (AVG 16 en 19). De juiste waarde gaat met een"
            " aanlevering. Verbetert u iets met een aanlevering, dan krijgt wie dat niet in zijn"
            " mutaties ziet dit bericht vanzelf; u hoeft het dan niet te melden.",
            body="rectificatieverzoek",
            status=_CREATED,
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
        ),
        "wissingen.erase": Operation(
            "Wis uw casus",
            "Casussen",
            "wisbewijs",
            "Voorgoed (AVG 17). Elke ontvanger van eerder krijgt een terugroeping. Het antwoord is"
            " het wisbewijs: bewaar het, want alleen daarmee is later nog te vinden wat er in het"
            " auditlogboek over deze casus staat. Daarna bestaat de casus niet meer. Er hoort geen"
            " bericht bij. Is de casus beperkt als onrechtmatig of om een rechtsvordering, dan"
            " wordt hij niet gewist.",
            status=_CREATED,
            headers=("Idempotency-Key",),
            errors=_CONFLICT,
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
            status=_CREATED,
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
        "audit.checkpoint": Operation(
            "Toon het nieuwste controlepunt van het auditlog",
            "Audit",
            "controlepunt",
            "Hoe lang het auditlog is en wat de wortel ervan is, ondertekend door de logtekenaar en"
            " medeondertekend door getuigen (C2SP tlog-checkpoint). Met `vanaf=N` ook het bewijs"
            " dat het log van toen, met N regels, er het begin van is (RFC 9162, 2.1.4). Met elk"
            " toegangsbewijs.",
            query=("vanaf",),
            errors=_NOT_FOUND + _CONFLICT,
            kinds=(PROOF_NOT_YET,),
        ),
        "audit.proof": Operation(
            "Toon het bewijs dat een regel in het auditlog staat",
            "Audit",
            "logbewijs",
            "Van een regel met haar index, zoals die in `bewijs` van elk pakket en elke pagina"
            " staat: het pad naar de wortel van het nieuwste controlepunt, als tekst volgens C2SP"
            " tlog-proof. De regel zelf staat er niet in. Met elk toegangsbewijs.",
            kinds=(PROOF_NOT_YET,),
        ),
        "verwerkingen.index": Operation(
            "Toon het register van verwerkingen",
            "Verwerkingen",
            "verwerkingsregister",
            "Wie voor wat verantwoordelijk is, en per ontvanger en doel: grondslag, gegevens met"
            " hun precisie, bewaartermijn en de versies die golden, met daarnaast wat de gateway"
            " zelf doet (AVG 30). Gemaakt uit het beleid dat geldt. Met elk toegangsbewijs.",
        ),
        "verwerkingen.version": Operation(
            "Toon een versie van een verwerking",
            "Verwerkingen",
            "verwerking",
            "Waar `dpl.core.processing_activity_id` van een record in het logboek naar verwijst:"
            " de verwerking zoals zij was toen het gebeurde. Met elk toegangsbewijs.",
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
