"""The kinds of problem, each once: its `type`, and what the reader of the docs page learns of it.

RFC 9457: `type` names the kind and leads to the page that explains it. Clients choose by the
slug; title and texts may be improved without a new version of the API.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

DOCS_PATH: Final = "/v1/docs"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind. `detail` is the standard sentence; `meaning` and `remedy` stand on the page."""

    slug: str
    status: HTTPStatus
    title: str
    detail: str
    meaning: str
    remedy: str
    logged: bool = False

    @property
    def uri(self) -> str:
        """The `type` of the problem: a reference that holds under every host name."""
        return f"{DOCS_PATH}#{self.slug}"


INVALID: Final = Row(
    "ongeldig-verzoek",
    HTTPStatus.BAD_REQUEST,
    "Ongeldig verzoek",
    "Het verzoek voldoet niet aan de regels.",
    "De URL, een header of het bericht volgt de regels van deze API niet, of is niet te lezen.",
    "Lees `detail`, herstel het verzoek en stuur het opnieuw. Ongewijzigd opnieuw sturen helpt"
    " niet.",
)
INVALID_CONTENT: Final = Row(
    "ongeldige-inhoud",
    HTTPStatus.BAD_REQUEST,
    "Ongeldig verzoek",
    "Het verzoek voldoet niet aan het schema.",
    "Het bericht is leesbaar, maar de inhoud voldoet niet aan het schema. `fouten` noemt alle"
    " fouten tegelijk, elk met een JSON-pointer, het veld en de regel; nooit de waarde.",
    "Herstel elk van de genoemde velden in de bron of in de koppeling, en stuur opnieuw.",
)
UNAUTHENTICATED: Final = Row(
    "niet-aangemeld",
    HTTPStatus.UNAUTHORIZED,
    "Niet aangemeld",
    "Stuur een geldig toegangsbewijs mee.",
    "Er kwam geen toegangsbewijs mee, het is verlopen of ingetrokken, of het bewijs dat het van u"
    " is (DPoP of certificaat) klopt niet. Waarom precies staat er met opzet niet bij.",
    "Haal een nieuw toegangsbewijs op bij het tokenadres en probeer het eenmaal opnieuw.",
)
CLIENT_UNKNOWN: Final = Row(
    "client-niet-herkend",
    HTTPStatus.UNAUTHORIZED,
    "Geen toegangsbewijs",
    "De client is niet bekend of bewijst niet wie hij is.",
    "Het tokenadres gaf geen toegangsbewijs: de client bestaat niet, is bevroren, of de assertie"
    " houdt geen stand. Het antwoord is in al die gevallen gelijk.",
    "Controleer sleutel, `aud`, `iat`, `exp` (hoogstens 300 seconden) en `jti` (elke keer nieuw)."
    " Blijft het fout, vraag dan de beheerder naar uw registratie.",
)
TOKEN_REFUSED: Final = Row(
    "tokenverzoek-geweigerd",
    HTTPStatus.BAD_REQUEST,
    "Geen toegangsbewijs",
    "Het verzoek om een toegangsbewijs is niet goed gevormd.",
    "Het verzoek aan het tokenadres kan zo niet worden ingewilligd. `error` is de code van"
    " RFC 6749, RFC 7009 of RFC 9449.",
    "Kijk naar `error`: bij `invalid_scope` vraagt u een scope die u niet heeft, bij"
    " `use_dpop_nonce` neemt u de waarde uit de header `DPoP-Nonce` op in uw bewijs.",
)
FORBIDDEN: Final = Row(
    "niet-toegestaan",
    HTTPStatus.FORBIDDEN,
    "Niet toegestaan",
    "Dit toegangsbewijs geeft hier geen recht op.",
    "U bent herkend, maar de scope, de soort organisatie, het doel, het certificaat of het"
    " contract laat dit niet toe.",
    "Vraag een toegangsbewijs met de scope die hier staat. Heeft uw client die niet, vraag die"
    " dan aan bij de beheerder.",
)
NOT_FOUND: Final = Row(
    "niet-gevonden",
    HTTPStatus.NOT_FOUND,
    "Niet gevonden",
    "Dit is hier niet gevonden.",
    "Er is hier niets dat u mag zien. Wat van een andere organisatie is, geeft hetzelfde antwoord"
    " als wat niet bestaat.",
    "Controleer het adres. Een schuine streep aan het eind is een ander adres.",
)
PROOF_NOT_YET: Final = Row(
    "bewijs-nog-niet",
    HTTPStatus.NOT_FOUND,
    "Nog geen bewijs",
    "Deze regel staat nog niet in een ondertekend controlepunt.",
    "De regel staat in het auditlog, maar er is nog geen controlepunt dat haar bevat en dat genoeg"
    " getuigen medeondertekenden. Zwijgen de getuigen, dan duurt dat langer.",
    "Vraag het opnieuw na het aantal seconden van `Retry-After`.",
)
METHOD: Final = Row(
    "methode-niet-toegestaan",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "Methode niet toegestaan",
    "Zie de header Allow.",
    "Dit adres bestaat, maar kent deze methode niet.",
    "Gebruik een methode uit de header `Allow`.",
)
NOT_ACCEPTABLE: Final = Row(
    "vorm-niet-leverbaar",
    HTTPStatus.NOT_ACCEPTABLE,
    "Niet aanvaardbaar",
    "In die vorm is dit er niet.",
    "De header `Accept` vraagt een vorm die hier niet wordt geleverd.",
    "Vraag `application/json`, of waar dat beschreven staat `application/jose`.",
)
CONFLICT: Final = Row(
    "strijdig",
    HTTPStatus.CONFLICT,
    "Strijdig",
    "Dit botst met wat er al is vastgelegd.",
    "Het verzoek is goed gevormd, maar past niet bij wat er al is: de agenda is al vastgesteld,"
    " of een Idempotency-Key hoort bij een ander bericht.",
    "Haal de stand opnieuw op en bepaal of het verzoek nog nodig is.",
)
TOO_LARGE: Final = Row(
    "te-groot",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "Te groot",
    "Het bericht is te groot. Verdeel het over meer berichten.",
    "Het bericht is groter dan deze installatie aanneemt.",
    "Verdeel het over meer berichten.",
)
URI_TOO_LONG: Final = Row(
    "adres-te-lang",
    HTTPStatus.REQUEST_URI_TOO_LONG,
    "Adres te lang",
    "Het verzoek is niet te lezen.",
    "De eerste regel van het verzoek is langer dan deze server aanneemt.",
    "Geen enkel adres van deze API is zo lang: controleer hoe u het samenstelt.",
)
WRONG_KIND: Final = Row(
    "verkeerd-soort-bericht",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "Verkeerd soort bericht",
    "Stuur het bericht in de vorm die de documentatie noemt.",
    "De header `Content-Type` of `Content-Encoding` is niet die van dit adres.",
    "Stuur `application/json` in UTF-8, niet gecomprimeerd; het tokenadres vraagt een formulier.",
)
EXPECTATION: Final = Row(
    "verwachting-niet-vervuld",
    HTTPStatus.EXPECTATION_FAILED,
    "Ongeldig verzoek",
    "Het verzoek is niet te lezen.",
    "De header `Expect` vraagt iets dat deze server niet doet.",
    "Laat de header weg.",
)
TOO_MANY: Final = Row(
    "te-veel-verzoeken",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Te veel verzoeken",
    "Deze client stuurde te veel verzoeken. Wacht zo lang als Retry-After zegt.",
    "Uw client deed in een minuut meer verzoeken dan waarop de headers `RateLimit-Policy` en"
    " `RateLimit` het houden. Een intrekking wordt nooit om deze reden geweigerd.",
    "Wacht het aantal seconden van `Retry-After` en spreid de verzoeken.",
)
HEADERS_TOO_LARGE: Final = Row(
    "headers-te-groot",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "Headers te groot",
    "Het verzoek is niet te lezen.",
    "Een header, of alle samen, is groter dan deze server aanneemt.",
    "Controleer uw headers, met name `Authorization` en `DPoP`.",
)
UNKNOWN: Final = Row(
    "interne-fout",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Interne fout",
    "Er ging iets mis in de gateway.",
    "Er is een fout in de gateway. Het verzoek is niet of niet geheel verwerkt.",
    "Meld het bij de beheerder met de waarde van de header `traceparent`. Met dezelfde"
    " Idempotency-Key kunt u veilig opnieuw sturen.",
    logged=True,
)
NOT_IMPLEMENTED: Final = Row(
    "niet-ondersteund",
    HTTPStatus.NOT_IMPLEMENTED,
    "Niet ondersteund",
    "Het verzoek is niet te lezen.",
    "De overdracht (`Transfer-Encoding`) is er een die deze server niet kent.",
    "Stuur het bericht met `Content-Length`, of met `chunked`.",
)
UNAVAILABLE: Final = Row(
    "tijdelijk-niet-beschikbaar",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Tijdelijk niet beschikbaar",
    "De gateway kan nu niets beantwoorden. Probeer het later opnieuw.",
    "Er is een oorzaak in het systeem: de database, een sleutel, het logboek of het beleid. Dit"
    " zegt niets over de persoon of de casus waar u naar vroeg.",
    "Probeer het opnieuw na het aantal seconden van `Retry-After`. Neem dit nooit op als"
    " \u201cniet bekend\u201d.",
    logged=True,
)
#: In the order in which the docs page shows them.
ROWS: Final = (
    INVALID,
    INVALID_CONTENT,
    TOKEN_REFUSED,
    UNAUTHENTICATED,
    CLIENT_UNKNOWN,
    FORBIDDEN,
    NOT_FOUND,
    PROOF_NOT_YET,
    METHOD,
    NOT_ACCEPTABLE,
    CONFLICT,
    TOO_LARGE,
    URI_TOO_LONG,
    WRONG_KIND,
    EXPECTATION,
    TOO_MANY,
    HEADERS_TOO_LARGE,
    UNKNOWN,
    NOT_IMPLEMENTED,
    UNAVAILABLE,
)
