"""Every policy and notice that was ever taken in, what became of it, and the rulebook of those.

Rows of both tables are only ever inserted. A version whose text no longer gives its digest is not
what was approved: nothing is disclosed by it, or by any other, until somebody has looked.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    literal,
    select,
    text,
    true,
    type_coerce,
    update,
)

from privacy.entitlement import Rulebook
from privacy.errors import PolicyFaultError
from privacy.notice import Notice, Notices, parse_notice
from privacy.policy import Policies, Policy, parse_policy
from privacy.rule_life import (
    Levensloop,
    Regelgebeurtenis,
    Regelsoort,
    Regelstand,
    Regelstap,
    Regelversie,
    fold,
)
from privacy.store.chosen import CHUNK
from privacy.store.metadata import metadata
from privacy.store.moment import UtcMoment
from privacy.store.tables import casus, toestemming

regelversie = Table(
    "regelversie",
    metadata,
    Column("digest", String(71), primary_key=True),
    Column("soort", String(16), nullable=False),
    # The recipient of a policy; the version of a notice.
    Column("naam", String(64), nullable=False),
    Column("tekst", Text, nullable=False),
    Column("opgenomen", UtcMoment, nullable=False),
    # A consent names the version of a notice: there is one text of that name.
    Index(
        "ix_regelversie_verklaring",
        "naam",
        unique=True,
        sqlite_where=text("soort = 'verklaring'"),
        postgresql_where=text("soort = 'verklaring'"),
    ),
)

# Append-only: the state of a version is computed from its events, never stored.
regelgebeurtenis = Table(
    "regelgebeurtenis",
    metadata,
    # The number of its entry in the log.
    Column(
        "nummer",
        BigInteger().with_variant(Integer(), "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("digest", String(71), ForeignKey("regelversie.digest"), nullable=False, index=True),
    Column("soort", String(16), nullable=False),
    # Who approved: a keyed digest of a person, who is in no log. Empty for a command.
    Column("door", String(64)),
    Column("bijzonderheden", JSON, nullable=False),
    Column("opgenomen", UtcMoment, nullable=False),
)

_VERSIONS: Final = select(regelversie)
_EVENTS: Final = select(regelgebeurtenis)
#: Before every day, so that the next look at what ended begins with these.
_OVERDUE: Final = date.min


def read_lives(tx: Connection) -> dict[str, Levensloop]:
    """Every version with what became of it, by digest."""
    versions = [
        Regelversie(row.digest, Regelsoort(row.soort), row.naam, row.tekst, row.opgenomen)
        for row in tx.execute(_VERSIONS)
    ]
    return fold(versions, (_event(row) for row in tx.execute(_EVENTS)))


def add_version(tx: Connection, version: Regelversie) -> None:
    """Keep a new version; one that is there already is a fault of the caller (integrity error)."""
    tx.execute(
        insert(regelversie),
        {
            "digest": version.digest,
            "soort": version.soort.value,
            "naam": version.naam,
            "tekst": version.tekst,
            "opgenomen": version.opgenomen,
        },
    )


def add_event(tx: Connection, event: Regelgebeurtenis) -> None:
    """Keep what happened to a version, under the number that the log gave it."""
    tx.execute(
        insert(regelgebeurtenis),
        {
            "nummer": event.nummer,
            "digest": event.digest,
            "soort": event.stap.value,
            "door": event.door,
            "bijzonderheden": dict(event.bijzonderheden),
            "opgenomen": event.opgenomen,
        },
    )


def read_rulebook(tx: Connection, partners: frozenset[str]) -> Rulebook:
    """The policies that are switched on and the notices that were taken in, as they stand.

    `partners` must each have been given a policy once; until then nothing is in force. Never
    raises because of what it reads: withdrawals go on whatever is the matter with the rules.
    """
    lives = read_lives(tx).values()
    policies = [each for each in lives if each.versie.soort is Regelsoort.BELEID]
    notices = [each for each in lives if each.versie.soort is Regelsoort.VERKLARING]
    switched_on = {
        each.versie.naam
        for each in policies
        if any(event.stap is Regelstap.ACTIEF for event in each.gebeurtenissen)
    }
    in_force, broken = _policies(policies)
    explained, unreadable = _notices(notices)
    return Rulebook(
        Policies(
            in_force,
            ever=frozenset(switched_on),
            broken=frozenset(broken),
            faults=(*sorted(partners - switched_on), *broken, *unreadable),
            former=_former(policies),
        ),
        explained,
    )


def _policies(lives: Iterable[Levensloop]) -> tuple[dict[str, Policy], list[str]]:
    """What is active and still what was approved; and for whom it is not."""
    in_force, broken = {}, []
    for each in lives:
        if each.stand is Regelstand.ACTIEF:
            policy = policy_of(each.versie)
            if policy is None:
                broken.append(each.versie.naam)
            else:
                in_force[each.versie.naam] = policy
    return in_force, broken


def _former(lives: Iterable[Levensloop]) -> dict[str, Policy]:
    """Per recipient the version that was switched on last, of those whose text is what it was."""
    by_moment = sorted(
        (event.nummer, each.versie)
        for each in lives
        for event in each.gebeurtenissen
        if event.stap is Regelstap.ACTIEF
    )
    return {
        version.naam: policy
        for _nummer, version in by_moment
        if (policy := policy_of(version)) is not None
    }


def _notices(lives: Sequence[Levensloop]) -> tuple[Notices, list[str]]:
    """Every notice; one that cannot be read explained nothing, and stays a known word."""
    found, unreadable = {}, []
    for each in lives:
        version = each.versie
        notice = notice_of(version)
        if notice is None:
            unreadable.append(version.naam)
            notice = Notice(version.naam, "", MappingProxyType({}), version.digest)
        found[version.naam] = notice
    recalled = {each.versie.naam: each.ended_on for each in lives if each.ended_on is not None}
    return Notices(MappingProxyType(found), MappingProxyType(recalled)), unreadable


def policy_of(version: Regelversie) -> Policy | None:
    """The policy of a version; None where its text is not what the digest names."""
    policy = _parsed_policy(version.tekst)
    return policy if policy and policy.digest == version.digest else None


def notice_of(version: Regelversie) -> Notice | None:
    """The notice of a version; None where its text is not what the digest names."""
    notice = _parsed_notice(version.tekst)
    return notice if notice and notice.digest == version.digest else None


@lru_cache(maxsize=64)
def _parsed_policy(words: str) -> Policy | None:
    try:
        return parse_policy("beleid", words)
    except PolicyFaultError:
        return None


@lru_cache(maxsize=64)
def _parsed_notice(words: str) -> Notice | None:
    try:
        return parse_notice("verklaring", words)
    except PolicyFaultError:
        return None


def mark_for_recipient(tx: Connection, recipient: str) -> None:
    """Have every casus with a consent that names a recipient looked at anew."""
    codes = literal(" ") + type_coerce(toestemming.c.ontvangers, String) + literal(" ")
    _mark(tx, codes.contains(f" {recipient} ", autoescape=True))


def mark_everything(tx: Connection) -> None:
    """Have every casus looked at anew."""
    _mark(tx, true())


def mark_for_notice(tx: Connection, versie: str) -> None:
    """Have every casus with a consent on a notice looked at anew."""
    _mark(tx, toestemming.c.verklaring == versie)


def _mark(tx: Connection, condition: Any) -> None:
    """What is overdue is written down at the next read, also after a crash (`services.lapses`).

    The rows are held in the order of their ids, as by everybody else.
    """
    named = select(toestemming.c.casus_id).where(condition)
    held = select(casus.c.id).where(casus.c.id.in_(named)).order_by(casus.c.id).with_for_update()
    ids: list[UUID] = list(tx.execute(held).scalars())
    for start in range(0, len(ids), CHUNK):
        chosen = casus.c.id.in_(ids[start : start + CHUNK])
        tx.execute(update(casus).where(chosen).values(gedekt_tot=_OVERDUE))


def _event(row: Any) -> Regelgebeurtenis:
    return Regelgebeurtenis(
        nummer=row.nummer,
        digest=row.digest,
        stap=Regelstap(row.soort),
        opgenomen=row.opgenomen,
        door=row.door,
        bijzonderheden=row.bijzonderheden,
    )
