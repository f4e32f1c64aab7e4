"""Which endpoint asks what of its caller. Any one scope of a row will do, and the kind must fit.

Checked before the view runs. An endpoint without a row is refused, and fails the build.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.parties import Soort
from gateway.settings_console import Rol


@dataclass(frozen=True, slots=True)
class Rule:
    """`scopes` and `rollen` empty means open to all.

    `rollen`: for people in the console, any one of these will do; a token is nothing there, and
    a session is nothing elsewhere. `discloses`: answers with personal data, so no HEAD.
    `any_scope`: a token of such an organisation will do, whatever it is for.
    """

    scopes: frozenset[str] = frozenset()
    soorten: frozenset[Soort] = frozenset()
    discloses: bool = False
    rollen: frozenset[Rol] = frozenset()
    any_scope: bool = False


OPEN: Final = Rule()
_BRONHOUDER: Final = frozenset({Soort.BRONHOUDER})
_KETENPARTNER: Final = frozenset({Soort.KETENPARTNER})
_GEMEENTE: Final = frozenset({Soort.GEMEENTE})
_FG: Final = frozenset({Soort.FG})
_AANLEVEREN: Final = Rule(frozenset({"casussen:aanleveren"}), _BRONHOUDER)
_INZIEN: Final = Rule(frozenset({"casussen:inzien"}), _BRONHOUDER, discloses=True)
_BEHEREN: Final = Rule(frozenset({"casussen:beheren"}), _BRONHOUDER)
_TOESTEMMINGEN: Final = Rule(frozenset({"toestemmingen:beheren"}), _BRONHOUDER)
_PLANNEN: Final = Rule(frozenset({"overleggen:plannen"}), _GEMEENTE)
_ANYONE: Final = Rule(soorten=frozenset(Soort), any_scope=True)
_TERUGROEPINGEN: Final = frozenset({"terugroepingen:bevestigen"})
_PEOPLE: Final = Rule(rollen=frozenset(Rol))
_OFFICERS: Final = Rule(rollen=frozenset({Rol.PRIVACY_OFFICER, Rol.TWEEDE_OFFICER}))
_OVERLEG: Final = Rule(
    frozenset({"overleggen:plannen", "overleggen:deelnemen", "pakketten:lezen"}),
    _BRONHOUDER | _KETENPARTNER | _GEMEENTE,
)

PERMISSIONS: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "console.start": _PEOPLE,
        "console.approve": _OFFICERS,
        "console.policy": _OFFICERS,
        "console.recalls": _OFFICERS,
        "console.sign_in": OPEN,
        "console.come_back": OPEN,
        "console.sign_out": _PEOPLE,
        "console.style": OPEN,
        "console.zaakhouders": _OFFICERS,
        "docs.page": OPEN,
        "docs.style": OPEN,
        "health.live": OPEN,
        "health.ready": OPEN,
        "oauth.token": OPEN,
        "oauth.revoke": OPEN,
        "oauth.jwks": OPEN,
        "oauth.metadata": OPEN,
        "openapi.document": OPEN,
        "aanleveringen.accept": _AANLEVEREN,
        "auditregels.search": Rule(frozenset({"audit:lezen"}), _FG),
        "audit.checkpoint": _ANYONE,
        "audit.proof": _ANYONE,
        "beleid.show": _AANLEVEREN,
        "verwerkingen.index": _ANYONE,
        "verwerkingen.version": _ANYONE,
        "herstelmeldingen.report": _AANLEVEREN,
        "bewaringstoetsen.answer": Rule(
            frozenset({"bewaringstoetsen:uitvoeren"}), _KETENPARTNER, discloses=True
        ),
        "beperkingen.restrict": _BEHEREN,
        "rectificaties.rectify": _BEHEREN,
        "casussen.find": _INZIEN,
        "casussen.show": _INZIEN,
        "casussen.verstrekkingen": _INZIEN,
        "inzageverzoeken.report": Rule(frozenset({"audit:lezen"}), _FG, discloses=True),
        "toestemmingen.register": _TOESTEMMINGEN,
        "toestemmingen.show": _TOESTEMMINGEN,
        "toestemmingen.receipt": Rule(
            frozenset({"toestemmingen:beheren"}), _BRONHOUDER, discloses=True
        ),
        "toestemmingen.withdraw": _TOESTEMMINGEN,
        "mutaties.page": Rule(frozenset({"mutaties:lezen"}), _KETENPARTNER, discloses=True),
        "overleggen.plan": _PLANNEN,
        "overleggen.index": _OVERLEG,
        "overleggen.show": _OVERLEG,
        "overleggen.agenda": Rule(
            frozenset({"overleggen:plannen", "overleggen:deelnemen"}), _BRONHOUDER | _GEMEENTE
        ),
        "overleggen.nominate": Rule(frozenset({"overleggen:deelnemen"}), _BRONHOUDER),
        "overleggen.freeze": _PLANNEN,
        "terugroepingen.index": Rule(_TERUGROEPINGEN, _KETENPARTNER, discloses=True),
        "terugroepingen.confirm": Rule(_TERUGROEPINGEN, _KETENPARTNER),
        "wissingen.erase": _BEHEREN,
        "pakketten.download": Rule(frozenset({"pakketten:lezen"}), _KETENPARTNER, discloses=True),
    }
)

ALL_SCOPES: Final = frozenset(scope for rule in PERMISSIONS.values() for scope in rule.scopes)


def scopes_for(soort: Soort) -> frozenset[str]:
    """The scopes that make sense for a kind of organisation."""
    return frozenset(
        scope for rule in PERMISSIONS.values() if soort in rule.soorten for scope in rule.scopes
    )
