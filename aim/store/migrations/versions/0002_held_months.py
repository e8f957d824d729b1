"""Keep which months of an edition are held beside another."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "held_month",
        sa.Column("feed", sa.String(length=80), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("counted", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("feed", "agency", "part", "month", name=op.f("pk_held_month")),
    )


def downgrade() -> None:
    """Take the tables back; rows that were held count again."""
    for table in ("incident", "incident_ward"):
        op.execute(f"UPDATE {table} SET state = 1 WHERE state = 4")
    op.drop_table("held_month")
