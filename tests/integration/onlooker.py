"""One caller who asks all it may ask, and writes down all it sees: to hold two worlds together.

Two gateways with the same keys, clients and clock differ only in what someone put in. What an
onlooker sees of them is compared as text, after ids, moments, salts, digests, signatures and
numbers in the log are named by their place: equal ones stay equal, different ones different.
"""

import copy
import re
import shutil
import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.auth.permission_map import PERMISSIONS
from gateway.limits import Limits
from gateway.parties import Ketenpartner, Levering, Soort
from privacy.entitlement import Rulebook
from privacy.gate import PrivacyGate
from privacy.store.engine import make_engine
from schemas.terms import Doel
from tests.api.calling import NOWHERE
from tests.api.world import Hands, Machine, add, machine, registered
from tests.builders import a_consent, an_item
from tests.world import World

PARTNERS: Final = ("IND", "DT&V", "AVIM")
#: Far more than any test asks: being refused for asking is another test.
OFTEN: Final = 1_000_000
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_HEX = re.compile(r"\b[0-9a-f]{32,}\b")
_INDEX = re.compile(r'"index":[0-9]+')
#: How long the log is, told to nodes: as the number of an entry, it is no secret (promise 5).
_LOG = re.compile(r'"logstand":\{[^}]*\}')
_TIME_LEFT = re.compile(r"\bt=[0-9]+")
_WORD = re.compile(r"[A-Za-z0-9_-]{40,}(?:\.[A-Za-z0-9_-]*){0,2}")
#: Another each time, whatever is asked.
_FLEETING: Final = frozenset({"Date", "traceparent", "Payload-Signature", "DPoP-Nonce"})
#: By what somebody would look for a field that it may not see: none of them is known.
_WISHES: Final = (
    "naam=Jan",
    "filter[nationaliteit]=0149",
    "sort=geboortedatum",
    "zoek=Jan",
    "velden=naam,geboortedatum",
    "count=true",
)
#: The first entry of the log, one beyond it, and no number.
ENTRIES: Final = ("0", "999999999", "x")
_JOSE: Final = {"Accept": "application/jose"}


@dataclass(frozen=True)
class Who:
    """A caller: of which kind and organisation, and for which purposes its token is."""

    organisatie: str
    soort: Soort
    doelen: frozenset[Doel] = frozenset(Doel)

    @property
    def client_id(self) -> str:
        words = sorted(self.doelen) if len(self.doelen) == 1 else ["alles"]
        return "-".join([self.organisatie.replace("&", "en"), *words]).lower()


class Grounds:
    """Where worlds are made that begin alike: keys, clients and rules of one, in copies."""

    def __init__(
        self, folder: Path, template: Path, callers: tuple[Who, ...], rules: Rulebook
    ) -> None:
        self.folder = folder
        self._file = folder / "begin.sqlite"
        shutil.copyfile(template, self._file)
        self.begin = World(folder, f"sqlite:///{self._file}")
        self.begin.under(rules)
        names = {each.organisatie: None for each in callers if each.soort is Soort.KETENPARTNER}
        partners = tuple(Ketenpartner(each, each, Levering.OPHALEN) for each in names)
        settings = replace(self.begin.parts.settings, ketenpartners=partners)
        self.begin.parts = replace(self.begin.parts, settings=settings)
        self.hands = Hands()
        self.hands.moment = self.begin.now
        self.machines = {each: machine(each.client_id, self.hands) for each in callers}
        for each, known in self.machines.items():
            client = registered(known, each.organisatie, each.soort)
            add(self.begin.parts, replace(client, doelen=each.doelen))
        self._worlds: list[World] = []

    def world(self) -> World:
        """One more, on a database of its own."""
        file = self.folder / f"wereld-{len(self._worlds)}.sqlite"
        with closing(sqlite3.connect(self._file)) as begun, closing(sqlite3.connect(file)) as new:
            begun.backup(new)
        made, parts = copy.copy(self.begin), self.begin.parts
        engine = make_engine(f"sqlite:///{file}")
        event.listen(engine, "connect", _need_not_last)
        gate = PrivacyGate(engine=engine, keys=parts.keys, rules=parts.rules, clock=parts.clock)
        made.parts = replace(parts, engine=engine, gate=gate, limits=Limits(OFTEN))
        self._worlds.append(made)
        return made

    def close(self) -> None:
        for each in (self.begin, *self._worlds):
            each.close()

    def looks(self, who: Who, world: World) -> "Onlooker":
        return Onlooker(world, who, self.machines[who])


def _need_not_last(connection: Any, _record: object) -> None:
    """No machine stops in these worlds: waiting for the disk at each answer proves nothing."""
    connection.execute("PRAGMA synchronous=OFF")


@dataclass
class Onlooker:
    """What one caller saw of one world, in order; asks on where it left off."""

    world: World
    who: Who
    machine: Machine
    #: What a bronhouder or a partner may come to know of elsewhere, and ask about.
    numbers: tuple[str, ...] = ()
    references: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _tags: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None
    _token: str = ""
    _keys: int = 0

    def __post_init__(self) -> None:
        self.web = create_app(self.world.parts).test_client()
        self._token = self.machine.token(self.web)

    def look(self, *, badly: bool = True) -> None:
        """Everything that is for this kind of caller; with `badly` also in every wrong way."""
        for rule in self.rules():
            if self.who.soort in PERMISSIONS[rule.endpoint].soorten:
                paths = list(self._paths(rule))
                for path in paths:
                    self._well(rule, path)
                    # Badly about one thing that exists, and about one that does not.
                    if badly and path in (paths[0], paths[-1]):
                        self._badly(rule, path)
                    WAYS[rule.endpoint](self, path)

    def look_at_open(self) -> None:
        """What is for everyone, and what is for people: this caller is nobody there."""
        for rule in self.rules():
            if not PERMISSIONS[rule.endpoint].soorten and "GET" in (rule.methods or set()):
                self._note(f"GET {rule.rule}", self.web.get(rule.rule))
                self._note(f"HEAD {rule.rule}", self.web.head(rule.rule))

    def rules(self) -> list[Rule]:
        """Every route of the URL map, those still to come too."""
        return sorted(self.web.application.url_map.iter_rules(), key=str)

    def open(self, method: str, path: str, **more: Any) -> TestResponse:
        """One call; what came of it is written down."""
        answer = self.machine.call(self.web, method, path, self._token, **more)
        self._note(f"{method} {path} {sorted(more)}", answer)
        return answer

    def again(self, path: str, **headers: str) -> TestResponse:
        """With the tag of the last answer to this question, if there was one."""
        key = f"{path} {headers}"
        sent = {**headers, "If-None-Match": self._tags[key]} if key in self._tags else headers
        answer = self.open("GET", path, headers=sent)
        if "ETag" in answer.headers:
            self._tags[key] = answer.headers["ETag"]
        return answer

    def pages(
        self, path: str, inside: str | None, limiet: int, na: str | None = None
    ) -> str | None:
        """Every page of a list; the last cursor that was given."""
        while True:
            more = f"&na={na}" if na else ""
            told = self.open("GET", f"{path}?limiet={limiet}{more}").get_json()
            told = told.get(inside, told) if inside else told
            following = told.get("volgende")
            if not following or told.get("meer") is False:
                return following or na
            na = following

    def fresh(self) -> dict[str, str]:
        """A key that this caller did not use before."""
        self._keys += 1
        return {"Idempotency-Key": str(UUID(int=self._keys))}

    def _paths(self, rule: Rule) -> Iterator[str]:
        """Where a route leads: to what exists in this world, and to what does not."""
        if "<" not in rule.rule:
            yield rule.rule
            return
        if rule.rule.endswith("<index>"):
            yield from (rule.rule.replace("<index>", each) for each in ENTRIES)
            return
        for name in (*self.known(rule.endpoint.partition(".")[0]), str(NOWHERE)):
            yield re.sub(r"<uuid:\w+>", name, rule.rule)

    def known(self, group: str) -> list[str]:
        """What this caller has heard of, in the order in which it came to be."""
        group = "overleggen" if group == "pakketten" else group
        return [name for told, name in self.references.items() if told.startswith(group)]

    def _well(self, rule: Rule, path: str) -> None:
        if "GET" in (rule.methods or set()):
            self.again(path)
            self.again(path, **_JOSE)
        else:
            self.open("POST", path, json={}, headers=self.fresh())

    def _badly(self, rule: Rule, path: str) -> None:
        """By every method, with every parameter that one could wish for, and in other forms."""
        for method in sorted((rule.methods or set()) | {"HEAD", "OPTIONS", "PATCH"}):
            body = {"json": {}} if method == "POST" else {}
            self.open(method, f"{path}/")
            self.open(method, path, headers={"Accept": "text/csv"}, **body)
            if method not in {"GET", "POST"}:
                self.open(method, path)
                continue
            for wish in _WISHES:
                self.open(method, f"{path}?{wish}", **body)
        if "POST" in (rule.methods or set()):
            self.open("POST", path, data="x")
            self.open("POST", path, json={"filter": {"naam": "Jan"}}, headers=self.fresh())

    # What was seen, in words that are the same where it is the same

    def _note(self, asked: str, answer: TestResponse) -> None:
        told = answer.data
        assert answer.headers.get("Content-Length", str(len(told))) == str(len(told)) or not told
        headers = {
            name: self._same(value)
            for name, value in answer.headers
            if name not in _FLEETING and name != "Content-Length"
        }
        if "ETag" in headers:
            headers["ETag"] = self._named("tag", answer.headers["ETag"])
        text = self._same(_readable(answer))
        self.seen.append(f"{self._same(asked)}\n{answer.status_code} {headers}\n{len(text)} {text}")

    def _same(self, text: str) -> str:
        text = _LOG.sub('"logstand":{}', _INDEX.sub('"index":0', _TIME_LEFT.sub("t=0", text)))
        text = _ID.sub(lambda found: self._named("id", found[0]), text)
        text = _HEX.sub(lambda found: f"<{len(found[0])}>", text)
        return _WORD.sub(lambda found: f"<{len(found[0])}>", text)

    def _named(self, kind: str, name: str) -> str:
        known = self._names.setdefault(name, f"{len(self._names):05d}")
        return f"<{kind} {known}>"


def _readable(answer: TestResponse) -> str:
    """The body as text; of a signed whole what was signed."""
    if answer.mimetype == "application/jose":
        head, payload, _ = answer.data.split(b".")
        return "|".join(_decoded(each) for each in (head, payload))
    return answer.data.decode("utf-8", "replace")


def _decoded(part: bytes) -> str:
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4)).decode()


Way = Callable[[Onlooker, str], None]


def _nothing_more(_onlooker: Onlooker, _path: str) -> None:
    """Asking well and badly is all that there is to it."""


def _feed(onlooker: Onlooker, path: str) -> None:
    for limiet in (5, 500):
        onlooker.pages(path, "mutaties", limiet)
    # On from where the last look ended, as a partner does.
    onlooker.cursor = onlooker.pages(path, "mutaties", 2, onlooker.cursor)
    for wrong in ("limiet=0", "limiet=x", f"na={'0' * 88}", "na=&na="):
        onlooker.open("GET", f"{path}?{wrong}")
    onlooker.open("GET", path, headers=_JOSE)


def _list(inside: str | None) -> Way:
    def walk(onlooker: Onlooker, path: str) -> None:
        for limiet in (2, 500):
            onlooker.pages(path, inside, limiet)

    return walk


def _deliver(onlooker: Onlooker, path: str) -> None:
    """People of the same numbers, as if this organisation had them too."""
    for number in onlooker.numbers:
        body = {"items": [mine(number)]}
        onlooker.open("POST", f"{path}?proef=true", json=body)
        onlooker.open("POST", path, json=body, headers=onlooker.fresh())


def mine(number: str) -> dict[str, Any]:
    """What an onlooker that is a bronhouder says of someone: always the same."""
    consent = a_consent(toestemmingId=str(uuid5(NOWHERE, number)), ontvangers=["IND"])
    fields = {"vNummer": number, "geslacht": "V", "status": "aangemeld"}
    return an_item(samenvatting=fields, toestemmingen=[consent])


def _toets(onlooker: Onlooker, path: str) -> None:
    for number in (*onlooker.numbers, "9999999999", "niets", ""):
        onlooker.open("POST", path, json={"vNummer": number})
        onlooker.open("POST", path, json={"vNummer": number}, headers=_JOSE)
        onlooker.open("POST", path, json={"vNummer": number, "naam": "Iemand"})


def _search(onlooker: Onlooker, path: str) -> None:
    for number in (*onlooker.numbers, "9999999999"):
        onlooker.open("POST", path, json={"vNummer": number})
        onlooker.open("POST", path, json={"vNummer": number, "sorteer": "naam"})


def _nominate(onlooker: Onlooker, path: str) -> None:
    casussen = [*onlooker.known("casussen"), str(NOWHERE)]
    onlooker.open("POST", path, json={"casussen": casussen}, headers=onlooker.fresh())


def _plan(onlooker: Onlooker, path: str) -> None:
    # Each on a day of its own: two of one day stand in the order of their random ids.
    headers = onlooker.fresh()
    day = date(2020, 6, 1) + timedelta(days=UUID(headers["Idempotency-Key"]).int % 300)
    onlooker.open("POST", path, json={"datum": day.isoformat(), "soort": "lso"}, headers=headers)


def _recalls(onlooker: Onlooker, path: str) -> None:
    _list("terugroepingen")(onlooker, path)
    for wanted in ("true", "false", "x"):
        told = onlooker.open("GET", f"{path}?open={wanted}").get_json()
        for each in told.get("terugroepingen", {}).get("items", ()):
            name = each["terugroepingId"]
            onlooker.references.setdefault(f"terugroepingen {len(onlooker.references)}", name)


def _receipt(onlooker: Onlooker, path: str) -> None:
    for form in ("application/pdf", "text/html"):
        onlooker.open("GET", f"{path}?taal=en", headers={"Accept": form})


def _give(onlooker: Onlooker, path: str) -> None:
    for casus in (*onlooker.known("casussen"), str(NOWHERE)):
        body = {"casusId": casus, "toestemming": a_consent(toestemmingId=str(NOWHERE))}
        onlooker.open("POST", path, json=body, headers=onlooker.fresh())


def _restrict(onlooker: Onlooker, path: str) -> None:
    for beperkt in (True, True, False, "ja"):
        body = {"grond": "juistheid", "beperkt": beperkt}
        onlooker.open("POST", path, json=body, headers=onlooker.fresh())


def _rectify(onlooker: Onlooker, path: str) -> None:
    for velden in (["naam"], ["lijn", "status"], ["adres"], []):
        onlooker.open("POST", path, json={"velden": velden}, headers=onlooker.fresh())


def _checkpoint(onlooker: Onlooker, path: str) -> None:
    for since in (*ENTRIES, "-1", ""):
        onlooker.open("GET", f"{path}?vanaf={since}")


#: What there is to ask at each route that is for machines. One without a row fails a test.
WAYS: Final[Mapping[str, Way]] = {
    "aanleveringen.accept": _deliver,
    "audit.checkpoint": _checkpoint,
    "audit.proof": _nothing_more,
    "auditregels.search": _nothing_more,
    "beleid.show": _nothing_more,
    "beperkingen.restrict": _restrict,
    "bewaringstoetsen.answer": _toets,
    "casussen.find": _search,
    "casussen.show": _nothing_more,
    "casussen.verstrekkingen": _nothing_more,
    "herstelmeldingen.report": _nothing_more,
    "inzageverzoeken.report": _nothing_more,
    "mutaties.page": _feed,
    "overleggen.agenda": _list(None),
    "overleggen.freeze": _nothing_more,
    "overleggen.index": _list(None),
    "overleggen.nominate": _nominate,
    "overleggen.plan": _plan,
    "overleggen.show": _nothing_more,
    "pakketten.download": _nothing_more,
    "rectificaties.rectify": _rectify,
    "terugroepingen.confirm": _nothing_more,
    "terugroepingen.index": _recalls,
    "toestemmingen.receipt": _receipt,
    "toestemmingen.register": _give,
    "toestemmingen.show": _nothing_more,
    "toestemmingen.withdraw": _nothing_more,
    "verwerkingen.index": _nothing_more,
    "verwerkingen.version": _nothing_more,
    # Of what it does not hold: what it holds would be gone for every look after this one.
    "wissingen.erase": _nothing_more,
}
