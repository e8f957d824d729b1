"""Keep the ward of the current set in the incident itself, and one index in place of two."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_CURRENT = "(SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'current_ward_set')"
_COPIED = ("incident_type", "first_day", "last_day", "state")


def upgrade() -> None:
    """Bring the tables forward."""
    op.drop_index("ix_incident_ward_type_day", table_name="incident_ward")
    op.drop_index("ix_incident_type_day", table_name="incident")
    op.add_column("incident", sa.Column("ward_set", sa.Integer(), nullable=True))
    op.add_column("incident", sa.Column("ward_code", sa.String(length=40), nullable=True))
    op.execute(
        "UPDATE incident SET ward_set = placed.ward_set, ward_code = placed.ward_code"
        " FROM incident_ward AS placed"
        f" WHERE placed.incident_id = incident.incident_id AND placed.ward_set = {_CURRENT}"
    )
    op.execute(f"DELETE FROM incident_ward WHERE ward_set = {_CURRENT}")
    for name in _COPIED:
        op.execute(f"ALTER TABLE incident_ward DROP COLUMN {name}")
    op.create_index("ix_incident_ward_code", "incident_ward", ["ward_set", "ward_code"])
    op.create_index(
        "ix_incident_ward_type_day",
        "incident",
        ["state", "ward_code", "incident_type", "first_day", "last_day", "source"],
    )
    op.create_index(
        "ix_incident_ward_pending",
        "incident",
        ["incident_id"],
        sqlite_where=sa.text("ward_set IS NULL AND easting IS NOT NULL"),
    )


def downgrade() -> None:
    """Take the tables back; the wards stand beside the incidents again, with their copies."""
    op.execute("ALTER TABLE incident_ward RENAME TO others")
    op.execute("DROP INDEX ix_incident_ward_code")
    op.create_table(
        "incident_ward",
        sa.Column("incident_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("ward_set", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ward_code", sa.String(length=40), nullable=True),
        sa.Column("incident_type", sa.String(length=80), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_set"], ["ward_set.number"], name=op.f("fk_incident_ward_ward_set_ward_set")
        ),
        sa.PrimaryKeyConstraint("incident_id", "ward_set", name=op.f("pk_incident_ward")),
        sqlite_with_rowid=False,
    )
    copied = ", ".join(_COPIED)
    op.execute(
        f"INSERT INTO incident_ward SELECT incident_id, ward_set, ward_code, {copied}"
        " FROM incident WHERE ward_set IS NOT NULL"
    )
    op.execute(
        f"INSERT INTO incident_ward SELECT incident_id, others.ward_set, others.ward_code, {copied}"
        " FROM others JOIN incident USING (incident_id)"
    )
    op.drop_table("others")
    op.drop_index("ix_incident_ward_pending", table_name="incident")
    op.drop_index("ix_incident_ward_type_day", table_name="incident")
    op.execute("ALTER TABLE incident DROP COLUMN ward_code")
    op.execute("ALTER TABLE incident DROP COLUMN ward_set")
    op.create_index(
        "ix_incident_type_day",
        "incident",
        ["state", "incident_type", "first_day", "last_day", "source"],
    )
    op.create_index(
        "ix_incident_ward_type_day",
        "incident_ward",
        ["ward_set", "state", "ward_code", "incident_type", "first_day", "last_day"],
    )
