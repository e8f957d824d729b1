"""Keep checkpoints of the audit chain, a tally of views, agreements, and what was erased."""

import secrets

import sqlalchemy as sa
from alembic import op

from aim.store.sqlite import refuse_changes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FOR_GOOD = ("audit_checkpoint", "agreement")


def upgrade() -> None:
    """Bring the tables forward; the store gets a name of its own."""
    _make_audit_tables()
    _make_agreement()
    _make_erased()
    if op.get_bind().dialect.name == "sqlite":
        for table in FOR_GOOD:
            for statement in refuse_changes(table):
                op.execute(statement)
    name = sa.table("meta", sa.column("name"), sa.column("value"))
    op.bulk_insert(name, [{"name": "store_name", "value": secrets.token_hex(8)}])


def downgrade() -> None:
    """Take the tables back."""
    op.execute("DELETE FROM meta WHERE name = 'store_name'")
    for table in (
        *("run_erased", "batch_erased", "erased", "agreement", "view_tally"),
        "audit_checkpoint",
    ):
        op.drop_table(table)


def _make_audit_tables() -> None:
    op.create_table(
        "audit_checkpoint",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("store", sa.String(length=40), nullable=False),
        sa.Column("entry_seal", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_checkpoint")),
    )
    op.create_table(
        "view_tally",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "actor", "page", name=op.f("pk_view_tally")),
        sqlite_with_rowid=False,
    )


def _make_agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_agreement")),
    )


def _make_erased() -> None:
    op.create_table(
        "erased",
        sa.Column("incident_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_erased")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "batch_erased",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["batch.number"], name=op.f("fk_batch_erased_number_batch")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_batch_erased")),
    )
    op.create_table(
        "run_erased",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_run_erased_run_run")),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_run_erased")),
    )
