"""Evidence, rights, the register and this API itself, as the OpenAPI document says it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.answers import CSS, HTML, PDF
from gateway.openapi_operation import CONFLICT, NOT_FOUND, Operation
from gateway.problem_types import PROOF_NOT_YET

TOEZICHT: Final[Mapping[str, Operation]] = MappingProxyType(
    {
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
        "audit.checkpoint": Operation(
            "Toon het nieuwste controlepunt van het auditlog",
            "Audit",
            "controlepunt",
            "Hoe lang het auditlog is en wat de wortel ervan is, ondertekend door de logtekenaar en"
            " medeondertekend door getuigen (C2SP tlog-checkpoint). Met `vanaf=N` ook het bewijs"
            " dat het log van toen, met N regels, er het begin van is (RFC 9162, 2.1.4). Met elk"
            " toegangsbewijs.",
            query=("vanaf",),
            errors=NOT_FOUND + CONFLICT,
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
