"""What organisations do with their own casussen, as the OpenAPI document says it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.answers import HTML, LD_JSON, PDF
from gateway.openapi_operation import CONFLICT, CREATED, NOT_FOUND, Operation

BRONHOUDERS: Final[Mapping[str, Operation]] = MappingProxyType(
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
            errors=CONFLICT,
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
            status=CREATED,
            errors=NOT_FOUND,
        ),
        "toestemmingen.register": Operation(
            "Leg een toestemming vast",
            "Toestemmingen",
            "toestemmingsstand",
            "Voegt \u00e9\u00e9n toestemming toe aan een eigen casus, of wijzigt haar. Dezelfde"
            " regels als binnen een aanlevering, ook wat de `handtekening` aangaat.",
            body="toestemmingsverzoek",
            status=CREATED,
            headers=("Idempotency-Key",),
            errors=NOT_FOUND + CONFLICT,
        ),
        "toestemmingen.show": Operation(
            "Toon een toestemming",
            "Toestemmingen",
            "toestemmingsstand",
            "De stand van vandaag van een eigen toestemming. Een toestemming van een andere"
            " organisatie geeft hetzelfde antwoord als een die niet bestaat. Met"
            " `Accept: application/ld+json` krijgt u het hele bewijs van de toestemming volgens"
            " ISO/IEC TS 27560 in de termen van W3C DPV; dat staat in het auditlogboek.",
            errors=CONFLICT,
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
            status=CREATED,
            headers=("Idempotency-Key",),
            errors=CONFLICT,
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
            status=CREATED,
            headers=("Idempotency-Key",),
            errors=CONFLICT,
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
            status=CREATED,
            headers=("Idempotency-Key",),
            errors=CONFLICT,
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
            status=CREATED,
            headers=("Idempotency-Key",),
            errors=CONFLICT,
        ),
    }
)
