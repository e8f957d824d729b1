import csv
import io
from datetime import date

from aim import workflows


def test_the_table_counts_every_source_and_month(hub):
    made = workflows.export_quality(
        hub.store, hub.actor, hub.settings, file_format="csv", made=date(2026, 5, 4)
    )
    rows = list(csv.DictReader(io.StringIO(made.content.decode("utf-8-sig"))))
    assert [(row["month"], row["rows"]) for row in rows] == [("2026-03", "12"), ("2026-04", "24")]


def test_the_page_shows_the_newest_month_first(hub):
    page = workflows.quality_view(hub.store, hub.actor, hub.settings)
    assert [month.month for month in page.months] == ["April 2026", "March 2026"]
    assert page.months[0].located == "100%"


def test_a_silent_month_is_said_in_text_and_on_the_page(empty_hub, police_file):
    for number, each in enumerate((40, 42, 41, 1, 43, 40, 41), start=1):
        path = police_file(empty_hub.folder / f"{number}-street.csv", f"2026-{number:02d}", each)
        workflows.ingest_feed(empty_hub.store, empty_hub.actor, feed="police-uk", path=path)
    page = workflows.quality_view(empty_hub.store, empty_hub.actor, empty_hub.settings)
    told = " ".join(words for _, words in page.silences)
    assert "April 2026" in told
    assert told in workflows.quality_text(empty_hub.store, empty_hub.actor)


def test_refused_rows_are_told_of_their_source(hub, police_file):
    path = police_file(hub.folder / "bad-street.csv", "2026-13", 2)
    workflows.ingest_feed(hub.store, hub.actor, feed="police-uk", path=path, source="wardens")
    made = workflows.export_quality(
        hub.store, hub.actor, hub.settings, file_format="csv", made=date(2026, 5, 4)
    )
    assert "wardens" in made.content.decode("utf-8-sig")


def test_the_page_tells_of_what_came_since_it_was_last_shown(empty_hub, police_file):
    def page():
        return workflows.quality_view(empty_hub.store, empty_hub.actor, empty_hub.settings)

    path = police_file(empty_hub.folder / "one-street.csv", "2026-01", 5)
    first = workflows.ingest_feed(empty_hub.store, empty_hub.actor, feed="police-uk", path=path)
    assert [one.rows for one in page().months] == ["10"]
    assert [one.rows for one in page().months] == ["10"]
    path = police_file(empty_hub.folder / "two-street.csv", "2026-02", 7)
    workflows.ingest_feed(empty_hub.store, empty_hub.actor, feed="police-uk", path=path)
    assert [one.rows for one in page().months] == ["14", "10"]
    workflows.undo_delivery(empty_hub.store, empty_hub.actor, first.batch)
    assert [one.rows for one in page().months] == ["14"]


def test_an_empty_store_is_told_plainly(empty_hub):
    page = workflows.quality_view(empty_hub.store, empty_hub.actor, empty_hub.settings)
    assert (page.silences, page.drops, page.months) == ((), (), ())
    assert "No silent month" in workflows.quality_text(empty_hub.store, empty_hub.actor)


def test_a_change_of_edition_is_no_silence(empty_hub, police_file):
    for number in range(1, 7):
        path = police_file(empty_hub.folder / f"{number}-street.csv", f"2025-{number:02d}", 40)
        workflows.ingest_feed(empty_hub.store, empty_hub.actor, feed="police-uk", path=path)
    rows = ["Job No,Date,Time,Category,Easting,Northing"]
    rows += [
        f"W{month}-{n},{n:02d}/{month:02d}/2025,21:00,Fly tipping,480300,{530400 + n}"
        for month in range(7, 13)
        for n in range(1, 28)
    ]
    extract = empty_hub.folder / "extract.csv"
    extract.write_text("\n".join(rows), encoding="utf-8")
    workflows.ingest_feed(
        empty_hub.store, empty_hub.actor, feed="wardens", path=extract, source="norbeck-police"
    )
    page = workflows.quality_view(empty_hub.store, empty_hub.actor, empty_hub.settings)
    assert page.silences == ()
