"""What an organisation says when, after a restore of the gateway, it has sent everything again."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from schemas.base import RecordSchema
from schemas.fields import Kenmerk
from schemas.sensitivity import KEY, Gevoeligheid


@dataclass(frozen=True, slots=True, kw_only=True)
class Herstelmelding:
    """Which restore it is about: the one that `GET /v1/beleid` named."""

    herstel_id: UUID = field(metadata={KEY: Gevoeligheid.GEWOON})


class HerstelmeldingSchema(RecordSchema):
    """The body of POST /v1/herstelmeldingen."""

    record: ClassVar[type] = Herstelmelding
    title: ClassVar[str] = "Herstelmelding"

    herstel_id = Kenmerk(required=True)
