"""Whom this installation believes of its own log, as its settings say it."""

from datetime import timedelta

from gateway.config import Settings
from privacy.log.hearing import Hearing
from privacy.log.trust import Trust


def trust_of(settings: Settings) -> Trust | None:
    """The key of the log and of its witnesses; None where the settings name no key of the log."""
    if settings.logsleutel is None:
        return None
    witnesses = tuple(each.sleutel for each in settings.getuigen)
    enough = settings.getuigen_nodig if witnesses else 0
    before = settings.eerdere_logsleutels
    return Trust(settings.herkomst, settings.logsleutel, witnesses, enough, before)


def hearing_of(settings: Settings) -> Hearing | None:
    """How it is known that witnesses are heard; None where there are none to hear."""
    trust = trust_of(settings)
    if trust is None or not trust.enough:
        return None
    return Hearing(trust, timedelta(hours=settings.getuige_termijn))
