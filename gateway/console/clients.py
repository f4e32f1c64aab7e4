"""For the operator: who may ask for tokens, and which keys sign."""

from gateway.console.table import Cel, Tabel, Toon, code, moment_text
from gateway.signing_keys import BEGINNING, SigningKey, Stand, standing
from gateway.store.clients import Binding, Client, all_clients
from gateway.wiring import Parts
from privacy.store.engine import reading


def clients(parts: Parts) -> Tabel:
    """Every registration, without its keys."""
    with reading(parts.engine) as tx:
        found = all_clients(tx)
    return Tabel(
        naam="clients",
        titel="Clients",
        kop=("Client", "Organisatie", "Soort", "Binding", "Profiel", "Stand"),
        rijen=tuple(_client(each) for each in found),
        leeg="Er is nog geen client. Voeg er een toe met: lso-gateway client toevoegen.",
        uitleg="Een machine die namens een organisatie met de gateway praat.",
    )


def signing_keys(parts: Parts) -> Tabel:
    """The keys in the JWKS, by kid."""
    now = parts.clock.now()
    known = [*standing(parts.signer.tokens, now), *standing(parts.signer.antwoorden, now)]
    return Tabel(
        naam="sleutels",
        titel="Ondertekensleutels",
        kop=("Kid", "Tekent", "Stand", "Vanaf"),
        rijen=tuple(_key(key, stand) for key, stand in known),
        leeg="Er is geen sleutel.",
    )


def _client(found: Client) -> tuple[Cel, ...]:
    unbound = found.binding is Binding.GEEN
    return (
        code(found.client_id),
        Cel(found.organisatie),
        Cel(found.soort.value),
        Cel("geen (alleen demo)", Toon.LET_OP) if unbound else Cel(found.binding.value),
        Cel(found.profiel.value),
        Cel("bevroren", Toon.FOUT) if found.bevroren else Cel("actief", Toon.GOED),
    )


def _key(key: SigningKey, stand: Stand) -> tuple[Cel, ...]:
    begun = "het begin" if key.vanaf.year == BEGINNING.year else moment_text(key.vanaf)
    toon = Toon.GOED if stand is Stand.HUIDIG else Toon.GEWOON
    return code(key.kid), Cel(key.gebruik.value), Cel(stand.value, toon), Cel(begun)
