"""Sharing agreements, every version; the newest of a source holds."""

import json
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from aim.model.agreements import Agreement, SavedAgreement, read_agreement
from aim.store.moments import from_epoch, to_epoch
from aim.store.tables import agreement


def add(connection: Connection, given: Agreement, *, actor: str, at: datetime) -> SavedAgreement:
    """Keep an agreement as the newest version of its source."""
    number = int(connection.scalar(select(func.max(agreement.c.number))) or 0) + 1
    before = connection.scalar(
        select(func.max(agreement.c.version)).where(agreement.c.source == given.source)
    )
    saved = SavedAgreement(given, int(before or 0) + 1, actor, at)
    connection.execute(
        insert(agreement).values(
            number=number,
            source=given.source,
            version=saved.version,
            content=json.dumps(given.as_plain(), ensure_ascii=False, sort_keys=True),
            actor=actor,
            at=to_epoch(at),
        )
    )
    return saved


def list_all(connection: Connection) -> list[SavedAgreement]:
    """Return every version of every agreement, by source, oldest first."""
    rows = connection.execute(
        select(agreement).order_by(agreement.c.source, agreement.c.version)
    ).all()
    return [
        SavedAgreement(
            read_agreement(json.loads(row.content)), row.version, row.actor, from_epoch(row.at)
        )
        for row in rows
    ]
