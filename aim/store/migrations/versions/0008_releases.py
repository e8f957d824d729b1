"""Keep what was released to aggregated audiences, results for the public, pre-election periods."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    _make_releases()
    _make_results()


def downgrade() -> None:
    """Take the tables back."""
    for table in (
        *("pre_election", "public_result"),
        *("released_answer", "released_square", "released_band"),
    ):
        op.drop_table(table)


def _make_releases() -> None:
    op.create_table(
        "released_band",
        sa.Column("ward_code", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ward_code", "period", "theme", name=op.f("pk_released_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "released_square",
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("ward_code", sa.String(length=40), nullable=False),
        sa.Column("square", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint(
            "period", "theme", "ward_code", "square", name=op.f("pk_released_square")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "released_answer",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_released_answer")),
    )


def _make_results() -> None:
    op.create_table(
        "public_result",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.String(length=80), nullable=False),
        sa.Column("drafted_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_public_result")),
    )
    op.create_table(
        "pre_election",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pre_election")),
    )
