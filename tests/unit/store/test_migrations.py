"""The tables and the way to them say the same, and the way leads back."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from aim.errors import SchemaVersionError
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING
from aim.store import init_store, open_store, schema
from aim.store.opening import _opened
from aim.store.tables import metadata
from aim.testing.stores import everything_in, load_wards, same_frames

NEWEST = schema.REVISIONS[-1]
NEXT_STEP = f"""
import sqlalchemy as sa
from alembic import op
revision = "later"
down_revision = "{NEWEST}"
def upgrade():
    op.create_table("later", sa.Column("x", sa.Integer(), primary_key=True))
def downgrade():
    op.drop_table("later")
"""


@pytest.fixture
def longer_way(tmp_path) -> list[Path]:
    folder = tmp_path / "steps"
    folder.mkdir()
    (folder / "later.py").write_text(NEXT_STEP, encoding="utf-8")
    return [schema.MIGRATIONS / "versions", folder]


def triggers_and_tables(connection) -> list[tuple[str, str]]:
    return connection.exec_driver_sql(
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    ).fetchall()


def test_tables_and_migrations_do_not_drift(store, tmp_path):
    with _opened(tmp_path / "aim.db") as connection:
        found = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(found, metadata) == []


def test_a_drift_would_be_seen(store, tmp_path):
    with _opened(tmp_path / "aim.db") as connection:
        connection.exec_driver_sql("ALTER TABLE ward ADD COLUMN forgotten TEXT")
        found = MigrationContext.configure(connection)
        assert compare_metadata(found, metadata)


def test_known_revisions_are_those_of_the_files(store, tmp_path):
    with _opened(tmp_path / "aim.db") as connection:
        assert tuple(schema.known_revisions(schema.config_for(connection))) == schema.REVISIONS


def test_down_and_up_again_ends_in_the_same_tables(store, tmp_path):
    with _opened(tmp_path / "aim.db") as connection:
        before = triggers_and_tables(connection)
        command.downgrade(schema.config_for(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        command.upgrade(schema.config_for(connection), "head")
        assert triggers_and_tables(connection) == before


def test_wards_of_all_sets_outlast_the_way_down_and_up(filled, tmp_path):
    load_wards(filled, "2026")
    load_wards(filled, "2013", columns=1)
    asked = [IncidentFilter(ward_set=name, include_outside=True) for name in ("2026", "2013")]
    before = [filled.incidents(one, EVERYTHING) for one in asked]
    with _opened(tmp_path / "aim.db") as connection:
        command.downgrade(schema.config_for(connection), "0011")
        beside = connection.exec_driver_sql("SELECT count(*), count(state) FROM incident_ward")
        located = int(before[0]["easting"].notna().sum())
        assert tuple(beside.one()) == (2 * located, 2 * located)
        command.upgrade(schema.config_for(connection), "head")
    for one, expected in zip(asked, before, strict=True):
        same_frames(filled.incidents(one, EVERYTHING), expected)


def test_an_older_store_is_backed_up_and_brought_forward(filled, url, longer_way, tmp_path):
    before = everything_in(filled)
    said = init_store(url, versions=longer_way)
    assert f"from version {NEWEST} to later" in said[1]
    kept = next(tmp_path.glob(f"aim.version-{NEWEST}-*.db"))
    assert len(everything_in(filled)) == len(before)
    old = open_store(f"sqlite:///{kept}", key_file=tmp_path / "aim.db.key")
    assert len(everything_in(old)) == len(before)
    old.close()


def test_this_program_refuses_what_the_longer_way_made(store, url, longer_way):
    init_store(url, versions=longer_way)
    with pytest.raises(SchemaVersionError, match="later"):
        open_store(url)


def test_a_store_that_is_too_old_is_sent_to_init():
    with pytest.raises(SchemaVersionError, match="aim init"):
        schema.refuse_other("0001", ("0001", "0002"))


def test_a_failed_step_leaves_the_store_as_it_was(filled, url, longer_way, tmp_path):
    step = longer_way[1] / "later.py"
    step.write_text(
        NEXT_STEP.replace("def downgrade", "    1 / 0\ndef downgrade"), encoding="utf-8"
    )
    with pytest.raises(ZeroDivisionError):
        init_store(url, versions=longer_way)
    assert len(everything_in(filled)) == 50
    with _opened(tmp_path / "aim.db") as connection:
        assert schema.stored_revision(connection) == NEWEST
        assert "later" not in inspect(connection).get_table_names()
