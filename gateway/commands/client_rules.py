"""When a registration of a client makes sense: one list of rules, for adding and for changing.

The organisation is that of the settings, the scopes fit its kind, the purposes fit the scopes,
and there is a way to bind a token to the client. Not checked: whether a partner's policy knows
the purpose (the gate does, on every disclosure), and whether a jwks_uri answers.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from connectors.addresses import check_address
from connectors.errors import UnusableAddressError
from gateway.auth.client_keys import is_public
from gateway.auth.permission_map import scopes_for
from gateway.commands.officer import OPDRACHTREGEL
from gateway.config import Settings
from gateway.parties import Soort
from gateway.services.bezorging import CLIENT as BEZORGING
from gateway.store.clients import LONGEST_ID, Binding, Client, Profiel
from schemas.terms import Doel

#: What stands in the log for the gateway itself.
RESERVED: Final = frozenset({BEZORGING, OPDRACHTREGEL})
#: As a client is named in the audit log.
_NAME: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_ID - 1}}}", re.ASCII)
#: The scope without which a purpose cannot be used.
_NEEDS: Final = MappingProxyType(
    {
        Doel.AANMELDING: "mutaties:lezen",
        Doel.MUTATIES: "mutaties:lezen",
        Doel.CASUSOVERLEG: "pakketten:lezen",
        Doel.MRT: "pakketten:lezen",
        Doel.BEWARINGSTOETS: "bewaringstoetsen:uitvoeren",
    }
)
_LONGEST_ADDRESS: Final = 500


@dataclass(frozen=True, slots=True)
class Bezwaar:
    """One rule that a registration breaks: at which option of the command, and the rule."""

    optie: str
    regel: str


def objections(client: Client, settings: Settings) -> tuple[Bezwaar, ...]:
    """Every rule that the registration breaks under these settings; without any value."""
    rules = (_who(client, settings), _what(client), _how(client, settings), _keys(client, settings))
    return tuple(Bezwaar(*each) for rule in rules for each in rule)


def _who(client: Client, settings: Settings) -> Iterator[tuple[str, str]]:
    if not _NAME.fullmatch(client.client_id):
        yield "CLIENT_ID", f"1 tot {LONGEST_ID} letters, cijfers, punten en streepjes"
    if client.client_id in RESERVED:
        yield "CLIENT_ID", "deze naam gebruikt de gateway zelf"
    if not settings.takes_part(client.soort, client.organisatie):
        yield "--organisatie", "staat niet als deze soort in de instellingen"


def _what(client: Client) -> Iterator[tuple[str, str]]:
    if not client.scopes <= scopes_for(client.soort):
        yield "--scope", "een scope hoort niet bij deze soort"
    if client.soort is not Soort.KETENPARTNER:
        if client.doelen:
            yield "--doel", "alleen een ketenpartner krijgt doelen"
        return
    if not client.doelen:
        yield "--doel", "een ketenpartner heeft minstens één doel nodig"
    if any(_NEEDS[doel] not in client.scopes for doel in client.doelen):
        yield "--doel", "een doel kan met deze scopes niet worden gebruikt"


def _how(client: Client, settings: Settings) -> Iterator[tuple[str, str]]:
    match client.binding:
        case Binding.GEEN if not settings.demo:
            yield "--binding", "geen mag alleen in de demo"
        case Binding.GEEN if client.profiel is Profiel.FAPI:
            yield "--binding", "onder het profiel fapi zijn toegangsbewijzen altijd gebonden"
        case Binding.FSC if settings.fsc is None:
            yield "--binding", "fsc staat niet in de instellingen"
        case Binding.MTLS if not client.certificaten:
            if settings.oin_of(client.soort, client.organisatie) is None:
                rule = "mtls vraagt een --certificaat, of het OIN van de organisatie in de"
                yield "--binding", f"{rule} instellingen"
        case _:
            pass


def _keys(client: Client, settings: Settings) -> Iterator[tuple[str, str]]:
    keys = json.loads(client.jwks)["keys"]
    if client.binding is Binding.FSC:
        if keys or client.jwks_uri:
            yield "--jwks", "een client via FSC vraagt hier geen toegangsbewijs: geen sleutels"
        return
    if bool(keys) == (client.jwks_uri is not None):
        yield "--jwks", "geef --jwks of --jwks-uri, en niet allebei"
    if client.profiel is Profiel.FAPI and any(key.get("alg") == "RS256" for key in keys):
        yield "--profiel", "fapi staat RS256 niet toe: neem ES256 of PS256"
    if client.jwks_uri is not None and not _may_be_called(client.jwks_uri, settings):
        yield "--jwks-uri", "een https-adres op het open internet, zonder gebruikersnaam"


def _may_be_called(uri: str, settings: Settings) -> bool:
    """What shows in the address itself; where its name leads is looked at before each call."""
    try:
        check_address(uri, allow_plain_http=False)
    except UnusableAddressError:
        return False
    if settings.demo:
        return len(uri) <= _LONGEST_ADDRESS
    host = urlsplit(uri).hostname or ""
    try:
        outside = is_public(host)
    except ValueError:
        outside = host != "localhost"
    return urlsplit(uri).scheme == "https" and outside and len(uri) <= _LONGEST_ADDRESS
