"""Make the tables of the store."""

import sqlalchemy as sa
from alembic import op

from aim.store.sqlite import refuse_changes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FOR_GOOD = ("audit", "run", "run_hotspot", "run_parent", "run_member")


def upgrade() -> None:
    """Bring the tables forward."""
    _make_audit()
    _make_batch()
    _make_incident()
    _make_incident_versions()
    _make_meta()
    _make_run()
    _make_ward_set()
    _make_batch_manifest()
    _make_incident_ward()
    _make_rejected()
    _make_run_hotspot()
    _make_run_member()
    _make_run_parent()
    _make_ward()
    if op.get_bind().dialect.name == "sqlite":
        for table in FOR_GOOD:
            for statement in refuse_changes(table):
                op.execute(statement)


def downgrade() -> None:
    """Take the tables back."""
    for table in (
        "ward",
        "run_parent",
        "run_member",
        "run_hotspot",
        "rejected",
        "incident_ward",
        "batch_manifest",
        "ward_set",
        "run",
        "meta",
        "incident_versions",
        "incident",
        "batch",
        "audit",
    ):
        op.drop_table(table)


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
    )


def _make_batch() -> None:
    op.create_table(
        "batch",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("feed", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("replaces", sa.String(length=40), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("agencies", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_batch")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_batch_batch_id")),
    )


def _make_incident() -> None:
    op.create_table(
        "incident",
        sa.Column("incident_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("batch_number", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("local_hour", sa.SmallInteger(), nullable=True),
        sa.Column("local_weekday", sa.SmallInteger(), nullable=True),
        sa.Column("incident_type", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("feed", sa.String(length=80), nullable=False),
        sa.Column("agency", sa.String(length=80), nullable=False),
        sa.Column("sensitivity", sa.String(length=20), nullable=False),
        sa.Column("easting", sa.Float(), nullable=True),
        sa.Column("northing", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("occurred_from", sa.BigInteger(), nullable=False),
        sa.Column("occurred_to", sa.BigInteger(), nullable=False),
        sa.Column("time_precision", sa.String(length=20), nullable=False),
        sa.Column("place_precision", sa.String(length=20), nullable=False),
        sa.Column("location_text", sa.Text(), nullable=True),
        sa.Column("source_type", sa.Text(), nullable=True),
        sa.Column("qualifiers", sa.Text(), nullable=True),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("reported_at", sa.BigInteger(), nullable=True),
        sa.Column("uprn", sa.String(length=12), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("victim_kind", sa.String(length=40), nullable=True),
        sa.Column("victim_age_band", sa.String(length=40), nullable=True),
        sa.Column("victim_sex", sa.String(length=40), nullable=True),
        sa.Column("suspect_age_band", sa.String(length=40), nullable=True),
        sa.Column("home_distance_band", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incident_type_day",
            ["state", "incident_type", "first_day", "last_day", "source"],
            unique=False,
        )


def _make_incident_versions() -> None:
    op.create_table(
        "incident_versions",
        sa.Column("incident_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_number", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
        sa.Column("feed", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "content_hash", name=op.f("pk_incident_versions")),
        sqlite_with_rowid=False,
    )


def _make_meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )


def _make_run() -> None:
    op.create_table(
        "run",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("data_version", sa.BigInteger(), nullable=False),
        sa.Column("program_version", sa.String(length=40), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("min_samples", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("hotspots", sa.Integer(), nullable=False),
        sa.Column("shapes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_run")),
        sa.UniqueConstraint("run_id", name=op.f("uq_run_run_id")),
    )


def _make_ward_set() -> None:
    op.create_table(
        "ward_set",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("loaded_at", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ward_set")),
        sa.UniqueConstraint("name", name=op.f("uq_ward_set_name")),
    )


def _make_batch_manifest() -> None:
    op.create_table(
        "batch_manifest",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.Column("withdrawn", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["batch.number"], name=op.f("fk_batch_manifest_number_batch")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_batch_manifest")),
    )


def _make_incident_ward() -> None:
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
    with op.batch_alter_table("incident_ward", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incident_ward_type_day",
            ["ward_set", "state", "ward_code", "incident_type", "first_day", "last_day"],
            unique=False,
        )


def _make_rejected() -> None:
    op.create_table(
        "rejected",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"], ["batch.number"], name=op.f("fk_rejected_number_batch")
        ),
        sa.PrimaryKeyConstraint("number", "position", name=op.f("pk_rejected")),
    )


def _make_run_hotspot() -> None:
    op.create_table(
        "run_hotspot",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hotspot_id", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("polygon", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_run_hotspot_run_run")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_run_hotspot")),
    )
    with op.batch_alter_table("run_hotspot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_hotspot_hotspot_id"), ["hotspot_id"], unique=False)


def _make_run_member() -> None:
    op.create_table(
        "run_member",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("core", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_run_member_run_run")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_run_member")),
        sqlite_with_rowid=False,
    )


def _make_run_parent() -> None:
    op.create_table(
        "run_parent",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("polygon", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_run_parent_run_run")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("pk_run_parent")),
    )


def _make_ward() -> None:
    op.create_table(
        "ward",
        sa.Column("ward_set", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ward_code", sa.String(length=40), nullable=False),
        sa.Column("ward_name", sa.Text(), nullable=False),
        sa.Column("polygon", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ward_set"], ["ward_set.number"], name=op.f("fk_ward_ward_set_ward_set")
        ),
        sa.PrimaryKeyConstraint("ward_set", "ward_code", name=op.f("pk_ward")),
    )
