"""Keep places, what people said of them, and the positions found with them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    _make_place_set()
    _make_place()
    _make_place_answer()
    _make_incident_place()


def downgrade() -> None:
    """Take the tables back; rows that were placed are without a position again."""
    op.execute(
        "DELETE FROM incident_ward WHERE incident_id IN (SELECT incident_id FROM incident_place)"
    )
    op.execute(
        "UPDATE incident SET easting = NULL, northing = NULL, lon = NULL, lat = NULL,"
        " place_precision = (SELECT own_precision FROM incident_place"
        " WHERE incident_place.incident_id = incident.incident_id)"
        " WHERE incident_id IN (SELECT incident_id FROM incident_place)"
    )
    for table in ("incident_place", "place_answer", "place", "place_set"):
        op.drop_table(table)


def _make_place_set() -> None:
    op.create_table(
        "place_set",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("loaded_at", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_place_set")),
        sa.UniqueConstraint("name", name=op.f("uq_place_set_name")),
    )


def _make_place() -> None:
    op.create_table(
        "place",
        sa.Column("place_set", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locality", sa.Text(), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("uprn", sa.String(length=12), nullable=False),
        sa.Column("place_class", sa.Text(), nullable=False),
        sa.Column("easting", sa.Float(), nullable=False),
        sa.Column("northing", sa.Float(), nullable=False),
        sa.Column("precision", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_set"], ["place_set.number"], name=op.f("fk_place_place_set_place_set")
        ),
        sa.PrimaryKeyConstraint("place_set", "position", name=op.f("pk_place")),
        sqlite_with_rowid=False,
    )


def _make_place_answer() -> None:
    op.create_table(
        "place_answer",
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("ward", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("easting", sa.Float(), nullable=True),
        sa.Column("northing", sa.Float(), nullable=True),
        sa.Column("precision", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("text", "ward", name=op.f("pk_place_answer")),
    )


def _make_incident_place() -> None:
    op.create_table(
        "incident_place",
        sa.Column("incident_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("easting", sa.Float(), nullable=False),
        sa.Column("northing", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("place_precision", sa.String(length=20), nullable=False),
        sa.Column("own_precision", sa.String(length=20), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("matched", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_place")),
        sqlite_with_rowid=False,
    )
