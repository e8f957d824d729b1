"""Which index answers, and what a first bulk load does to it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import bindparam, insert, update
from sqlalchemy.dialects import sqlite

from aim.errors import ConflictError, ParameterError
from aim.model.filters import IncidentFilter
from aim.model.incidents import TimePrecision
from aim.model.people import EVERYTHING, Reach
from aim.model.times import LONDON, local_hours, local_weekdays
from aim.store import bulk, contents, deliveries, filling, manifests, queries
from aim.store.facts import read_fact
from aim.store.tables import meta
from aim.testing.stores import (
    deliver,
    everything_in,
    invented_incidents,
    load_wards,
    same_frames,
    same_wards,
)

SPRING = IncidentFilter(types=("burglary", "drugs"), since=date(2026, 3, 1), until=date(2026, 6, 1))


def plan_of(store, wanted, reach, by) -> list[str]:
    with store._reading() as connection:
        statement = queries.count_statement(queries.read_request(connection, wanted, reach), by)
        text = str(
            statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        )
        return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]


@pytest.mark.parametrize(
    "wanted",
    [SPRING, replace(SPRING, wards=("W00",)), IncidentFilter()],
    ids=["type", "ward", "all"],
)
def test_a_count_by_ward_type_and_day_reads_one_covering_index(filled, wanted):
    load_wards(filled)
    plan = plan_of(filled, wanted, EVERYTHING, ("ward_code", "incident_type", "month"))
    tables = [line for line in plan if "incident" in line or "placed" in line]
    assert len(tables) == 1
    assert "USING COVERING INDEX ix_incident_ward_type_day" in tables[0]


COUNCIL = Reach(agencies=frozenset({"council"}))


def test_rows_the_index_finds_are_looked_at_in_their_own_order(filled):
    load_wards(filled)
    plan = " ".join(plan_of(filled, SPRING, COUNCIL, ()))
    assert "incident USING PRIMARY KEY" in plan
    assert "COVERING INDEX ix_incident_ward_type_day" in plan


def test_where_nearly_all_rows_are_needed_no_index_leads_away_from_their_order(filled):
    load_wards(filled)
    everywhere = IncidentFilter(include_outside=True)
    assert plan_of(filled, everywhere, COUNCIL, ()) == ["SCAN incident"]


def test_a_count_without_wards_reads_the_same_index(filled):
    plan = plan_of(filled, SPRING, EVERYTHING, ("incident_type", "source", "month"))
    assert "USING COVERING INDEX ix_incident_ward_type_day" in " ".join(plan)


def indexes(store) -> set[str]:
    with store._reading() as connection:
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")
        return {row[0] for row in found}


@pytest.mark.parametrize("rows_a_kind", [0, 4, 1_000], ids=["all", "few", "no"])
def test_a_first_bulk_load_ends_with_the_same_indexes_and_rows(store, monkeypatch, rows_a_kind):
    for module in (bulk, deliveries, filling):
        monkeypatch.setattr(module, "CHUNK", 20)
    monkeypatch.setattr(filling, "_ROWS_A_KIND", rows_a_kind)
    before = indexes(store)
    load_wards(store)
    rows = invented_incidents(np.random.default_rng(5), range(110))
    batch = deliver(store, rows)
    assert batch.added == 110
    assert indexes(store) == before
    held = everything_in(store)
    same_wards(held)
    same_frames(
        held.drop(columns=["ward_code", "batch_id"]),
        rows.sort_values("incident_id").drop(columns="batch_id"),
    )
    assert deliver(store, rows).unchanged == 110


@pytest.mark.parametrize("share", [0, 10_000])
def test_asking_row_by_row_and_one_pass_find_the_same(store, monkeypatch, share):
    monkeypatch.setattr(bulk, "_SHARE", share)
    rows = invented_incidents(np.random.default_rng(6), range(60))
    deliver(store, rows)
    changed = rows.iloc[::3].assign(source_type="changed")
    assert deliver(store, changed).updated == 20
    with store.transaction() as change:
        change.undo_batch("b0002")
    same_frames(
        everything_in(store).drop(columns=["ward_code", "batch_id"]),
        rows.sort_values("incident_id").drop(columns="batch_id"),
    )


def test_hours_weekdays_and_days_are_those_of_london():
    rows = invented_incidents(np.random.default_rng(7), range(300))
    order = np.argsort(rows["incident_id"].to_numpy(str))
    columns = contents.prepare(rows).columns
    ready = {name: np.array(values.tolist(), dtype=object) for name, values in columns.items()}
    rows = rows.iloc[order]
    minute = (rows["time_precision"] == TimePrecision.MINUTE).to_numpy()
    dated = (rows["time_precision"] != TimePrecision.MONTH).to_numpy()
    starts = rows["occurred_from"]
    days = (starts.dt.tz_convert(LONDON).dt.tz_localize(None).to_numpy("datetime64[D]")).astype(int)
    assert ready["local_hour"][minute].tolist() == local_hours(starts[minute]).tolist()
    assert set(ready["local_hour"][~minute]) == {None}
    assert ready["local_weekday"][dated].tolist() == local_weekdays(starts[dated]).tolist()
    assert set(ready["local_weekday"][~dated]) == {None}
    assert ready["first_day"].tolist() == days.tolist()
    assert (ready["last_day"] - ready["first_day"] >= 27)[~dated].all()


def test_any_change_of_content_changes_the_hash_and_nothing_else_does():
    row = invented_incidents(np.random.default_rng(8), [1])
    row = row.assign(easting=450_000.0, northing=520_000.0, lon=-1.0, lat=54.0)
    first = contents.prepare(row).hashes[0]
    same = row.assign(batch_id="b7", easting=450_000.0001, lon=-1.000000001)
    assert contents.prepare(same).hashes[0] == first
    others = {
        "easting": 450_000.01,
        "lat": 54.00001,
        "description": "nan",
        "location_text": "",
        "uprn": "1",
        "victim_sex": "F",
        "reported_at": row["occurred_to"],
        "occurred_to": row["occurred_to"] + np.timedelta64(1, "s"),
    }
    hashes = {contents.prepare(row.assign(**{name: new})).hashes[0] for name, new in others.items()}
    assert len(hashes | {first}) == len(others) + 1


@pytest.mark.parametrize("among", ["abc", "abcd", "bc", "", "xyz"])
def test_each_id_is_found_where_it_stands_and_no_other(among):
    ids, held = (np.array(list(text), "S16") for text in ("abc", among))
    at, there = manifests.positions_in(ids, held)
    assert there.tolist() == [one in held for one in ids]
    assert held[at[there]].tolist() == ids[there].tolist()


def test_rows_that_contradict_what_is_held_are_a_conflict_and_change_nothing(store):
    rows = [("note", "a"), ("note", "b")]
    with pytest.raises(ConflictError, match="contradicts"), store.transaction():
        bulk.write_rows(store._open.connection, insert(meta), ("name", "value"), rows)
    with store._reading() as connection:
        assert read_fact(connection, "note") == ""


@pytest.mark.parametrize("rows", [[], [("b", "note")], [("b", "note"), ("c", "nowhere")]])
def test_rows_written_in_bulk_tell_how_many_were_touched(store, rows):
    change = update(meta).where(meta.c.name == bindparam("one")).values(value=bindparam("now"))
    with store.transaction():
        connection = store._open.connection
        bulk.write_rows(connection, insert(meta), ("name", "value"), [("note", "a")])
        touched = bulk.write_rows(connection, change, ("now", "one"), iter(rows))
    assert touched == len(rows[:1])


@pytest.mark.parametrize("wrong", ["x" * 32, "ab", "AB" * 16, " " + "a" * 31])
def test_an_identity_that_is_none_is_refused(store, wrong):
    rows = invented_incidents(np.random.default_rng(9), [1]).assign(incident_id=wrong)
    with pytest.raises(ParameterError, match="32 small hexadecimal digits"):
        deliver(store, rows)


def test_a_row_without_what_every_incident_has_is_refused(store):
    rows = invented_incidents(np.random.default_rng(10), [1, 2]).assign(agency=None)
    with pytest.raises(ParameterError, match="some lack agency"):
        deliver(store, rows)
    assert everything_in(store).empty
