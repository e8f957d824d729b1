"""Keep links between incidents, and the register of events."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    _make_incident_link()
    _make_series_break()


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("series_break")
    op.drop_table("incident_link")


def _make_incident_link() -> None:
    op.create_table(
        "incident_link",
        sa.Column("incident_a", sa.LargeBinary(length=16), nullable=False),
        sa.Column("incident_b", sa.LargeBinary(length=16), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("certain_time", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("incident_a", "incident_b", name=op.f("pk_incident_link")),
        sqlite_with_rowid=False,
    )


def _make_series_break() -> None:
    op.create_table(
        "series_break",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_series_break")),
    )
