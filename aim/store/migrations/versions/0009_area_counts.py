"""Keep what area codes each delivery carried, counted."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "area_count",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["batch.number"], name=op.f("fk_area_count_number_batch")
        ),
        sa.PrimaryKeyConstraint(
            "number", "source", "month", "kind", "code", name=op.f("pk_area_count")
        ),
    )


def downgrade() -> None:
    """Take the table back."""
    op.drop_table("area_count")
