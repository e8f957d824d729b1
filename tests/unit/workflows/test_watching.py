import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aim import cli, workflows
from aim.errors import NotAllowedError, ParameterError, StoreError
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING, Actor
from aim.workflows import watching
from aim.workflows.deliveries import file_sha256
from aim.workflows.watching import feed_of, look_into

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def inbox(empty_hub):
    folder = empty_hub.folder / "inbox"
    (folder / "police-uk").mkdir(parents=True)
    return folder


@pytest.fixture
def watch(empty_hub, inbox):
    """Give a function that looks into the inbox and returns what was told."""

    def run(*, between=lambda: None, at=NOW, keep_days=7, **given):
        told = []
        workflows.watch_folder(
            empty_hub.store,
            given.pop("actor", empty_hub.actor),
            given.pop("folder", inbox),
            every_s=30,
            keep_days=keep_days,
            once=True,
            tell=told.append,
            sleep=lambda _: between(),
            clock=lambda: at,
            **given,
        )
        return told

    return run


def count(hub):
    return int(hub.store.count_incidents(IncidentFilter(), EVERYTHING)["incidents"].sum())


def names(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def removals(hub):
    audit = hub.store.audit(EVERYTHING)
    details = audit.loc[audit["action"] == "remove-original", "detail"]
    return [json.loads(one) if isinstance(one, str) else dict(one) for one in details]


def test_a_file_is_taken_in_and_set_aside_with_a_note(empty_hub, watch, inbox, police_file):
    path = police_file(inbox / "police-uk" / "april.csv", "2026-04", 5)
    sha256 = file_sha256(path)
    told = watch()
    assert names(inbox) == ["done/police-uk/april.csv", "done/police-uk/april.csv.note.txt"]
    note = (inbox / "done/police-uk/april.csv.note.txt").read_text(encoding="utf-8")
    assert "april.csv: 10 rows read, 10 added" in note
    assert "removed after 2026-06-08" in note
    assert f"SHA-256 {sha256}" in note
    assert count(empty_hub) == 10
    assert told[0].startswith(f"{Path('done', 'police-uk', 'april.csv')}: 10 rows read")


def test_rejected_rows_lie_beside_their_file(watch, inbox, police_file):
    police_file(inbox / "police-uk" / "odd.csv", "2026-13", 1)
    watch()
    beside = inbox / "done" / "police-uk" / "odd.csv.rejected.csv"
    assert "2026-13" in beside.read_text(encoding="utf-8-sig")
    note = (inbox / "done/police-uk/odd.csv.note.txt").read_text(encoding="utf-8")
    assert "Rejected rows and reasons: odd.csv.rejected.csv" in note
    assert not [one for one in (inbox / "done").iterdir() if one.name.startswith(".")]


def test_what_is_not_its_feed_is_refused_with_the_reason(empty_hub, watch, inbox):
    (inbox / "police-uk" / "letter.csv").write_text("Dear Sir,\nregards\n", encoding="utf-8")
    watch()
    assert names(inbox) == ["refused/police-uk/letter.csv", "refused/police-uk/letter.csv.note.txt"]
    note = (inbox / "refused/police-uk/letter.csv.note.txt").read_text(encoding="utf-8")
    assert "was asked for as police-uk" in note
    assert count(empty_hub) == 0


def test_a_file_no_feed_is_known_of_is_refused_with_what_to_do(watch, inbox):
    (inbox / "april.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    watch()
    note = (inbox / "refused" / "april.csv.note.txt").read_text(encoding="utf-8")
    assert "Nothing says which feed this is" in note
    assert "wardens" in note


def test_a_failure_nobody_foresaw_stops_no_other_file(
    empty_hub, watch, inbox, police_file, monkeypatch
):
    honest = watching.ingest_feed

    def fail(store, actor, **given):
        if given["path"].name == "bad.csv":
            raise KeyError("unforeseen")
        return honest(store, actor, **given)

    monkeypatch.setattr(watching, "ingest_feed", fail)
    for name in ("bad.csv", "good.csv"):
        police_file(inbox / "police-uk" / name, "2026-04", 1)
    watch()
    assert (inbox / "done/police-uk/good.csv").exists()
    note = (inbox / "refused/police-uk/bad.csv.note.txt").read_text(encoding="utf-8")
    assert "AIM failed at this file (KeyError)" in note


def test_a_store_in_trouble_leaves_the_file_where_it_is(watch, inbox, police_file, monkeypatch):
    def fail(*_, **__):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(watching, "ingest_feed", fail)
    police_file(inbox / "police-uk" / "april.csv", "2026-04", 1)
    told = watch()
    assert names(inbox) == ["police-uk/april.csv"]
    assert told[0].endswith("waits: The disk is full.")
    assert told[-1].endswith("still there; it is taken in another time.")


def test_a_file_that_grows_between_two_looks_waits(empty_hub, watch, inbox, police_file):
    path = police_file(inbox / "police-uk" / "april.csv", "2026-04", 5)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    watch(between=lambda: path.write_bytes(whole))
    assert (names(inbox), count(empty_hub)) == (["police-uk/april.csv"], 0)
    watch()
    assert count(empty_hub) == 10


def test_a_file_of_the_same_size_that_was_touched_waits(watch, inbox, police_file):
    path = police_file(inbox / "police-uk" / "april.csv", "2026-04", 5)
    watch(between=lambda: os.utime(path, (1, 1)))
    assert names(inbox) == ["police-uk/april.csv"]


def test_a_file_that_arrives_between_two_looks_waits(watch, inbox, police_file):
    path = inbox / "police-uk" / "april.csv"
    watch(between=lambda: police_file(path, "2026-04", 5))
    assert path.exists()


def test_a_file_that_grows_while_it_is_read_is_taken_back(
    empty_hub, watch, inbox, police_file, monkeypatch
):
    path = police_file(inbox / "police-uk" / "april.csv", "2026-04", 5)
    honest = watching.ingest_feed

    def grow(store, actor, **given):
        report = honest(store, actor, **given)
        police_file(path, "2026-04", 6)
        return report

    monkeypatch.setattr(watching, "ingest_feed", grow)
    told = watch()
    assert (names(inbox), count(empty_hub)) == (["police-uk/april.csv"], 0)
    assert told[0].endswith("waits: it is still arriving.")


def test_files_on_their_way_and_litter_are_left_alone(watch, inbox):
    left = ["police-uk/.hidden.csv", "police-uk/a.csv.part", "police-uk/~$b.xlsx", "Thumbs.db"]
    for name in left:
        (inbox / name).write_text("x", encoding="utf-8")
    assert not look_into(inbox)
    watch()
    assert names(inbox) == sorted(left)


def test_a_link_is_left_alone(inbox, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("x", encoding="utf-8")
    try:
        (inbox / "police-uk" / "link.csv").symlink_to(outside)
    except OSError:
        pytest.skip("no links on this disk")
    assert not look_into(inbox)


def test_a_second_file_of_a_name_gets_a_number(watch, inbox, police_file):
    for month in ("2026-03", "2026-04"):
        police_file(inbox / "police-uk" / "street.csv", month, 1)
        watch()
    kept = [name for name in names(inbox) if name.endswith(".csv")]
    assert kept == ["done/police-uk/street-2.csv", "done/police-uk/street.csv"]


def test_a_file_that_cannot_be_moved_is_taken_in_again_and_adds_nothing(
    empty_hub, watch, inbox, police_file, monkeypatch
):
    odd = police_file(inbox / "police-uk" / "april.csv", "2026-04", 5)
    odd.write_text(
        f"{odd.read_text(encoding='utf-8')},2026-13,,,1.5,54.6,,,,Drugs,,\n", encoding="utf-8"
    )
    honest = Path.rename

    def locked(self, target):
        if Path(target) != self:
            raise PermissionError(13, "it is open in another program")
        return honest(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", locked)
        assert watch()[0].endswith("waits: it is open in another program.")
    assert names(inbox) == ["police-uk/april.csv"]
    watch()
    assert (count(empty_hub), names(inbox)[0]) == (10, "done/police-uk/april.csv")


def test_files_are_removed_after_their_days_each_on_record(empty_hub, watch, inbox, police_file):
    path = police_file(inbox / "police-uk" / "odd.csv", "2026-13", 1)
    sha256 = file_sha256(path)
    watch()
    assert len(names(inbox)) == 3
    told = watch(at=NOW + timedelta(days=7))
    assert (names(inbox), told) == ([], ["1 file removed after 7 days."])
    assert removals(empty_hub) == [{"file": sha256, "kept_in": "done"}]
    assert empty_hub.store.verify_audit() == []


def test_files_stay_until_their_days_are_over(empty_hub, watch, inbox, police_file):
    police_file(inbox / "police-uk" / "april.csv", "2026-04", 1)
    watch()
    watch(at=NOW + timedelta(days=7) - timedelta(seconds=1))
    assert len(names(inbox)) == 2
    watch(at=NOW + timedelta(days=3), keep_days=3)
    assert (names(inbox), len(removals(empty_hub))) == ([], 1)


def test_a_file_that_is_read_only_is_removed_too(watch, inbox, police_file):
    police_file(inbox / "police-uk" / "april.csv", "2026-04", 1).chmod(0o444)
    watch()
    watch(at=NOW + timedelta(days=8))
    assert names(inbox) == []


def test_a_file_without_a_note_is_nobodys_to_remove(empty_hub, watch, inbox):
    watch()
    (inbox / "done" / "keep.csv").write_text("x", encoding="utf-8")
    watch(at=NOW + timedelta(days=800))
    assert (names(inbox), removals(empty_hub)) == (["done/keep.csv"], [])


def test_a_file_that_cannot_be_removed_is_not_on_record(
    empty_hub, watch, inbox, police_file, monkeypatch
):
    police_file(inbox / "police-uk" / "april.csv", "2026-04", 1)
    watch()

    def locked(self, *, missing_ok=False):
        raise PermissionError(13, "it is open in another program")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", locked)
        told = watch(at=NOW + timedelta(days=7))
    name = Path("done", "police-uk", "april.csv")
    assert told == [f"{name} was to be removed; found: it is open in another program"]
    assert (len(names(inbox)), removals(empty_hub)) == (2, [])


def test_a_store_in_trouble_keeps_old_files(watch, inbox, police_file, monkeypatch):
    police_file(inbox / "police-uk" / "april.csv", "2026-04", 1)
    watch()

    def fail(*_, **__):
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(watching, "audit_entry", fail)
        assert watch(at=NOW + timedelta(days=7))[0].endswith("found: The disk is full.")
    assert len(names(inbox)) == 2


def test_a_share_that_is_away_for_a_while_ends_nothing(watch, monkeypatch):
    honest, looks = watching.look_into, []

    def away(folder):
        looks.append(folder)
        if len(looks) == 2:
            raise OSError(5, "the share is away")
        return honest(folder)

    monkeypatch.setattr(watching, "look_into", away)
    assert watch()[0].endswith("cannot be looked into: the share is away.")


def test_watching_goes_on_until_it_is_interrupted(empty_hub, inbox, police_file):
    looks = []

    def sleep(seconds):
        looks.append(seconds)
        if len(looks) == 1:
            police_file(inbox / "police-uk" / "april.csv", "2026-04", 5)
        if len(looks) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workflows.watch_folder(
            empty_hub.store, empty_hub.actor, inbox, every_s=30, keep_days=7, sleep=sleep
        )
    assert looks == [30, 30, 30, 30]
    assert (count(empty_hub), names(inbox)[0]) == (10, "done/police-uk/april.csv")


def test_a_folder_that_is_not_there_is_told(watch, inbox):
    with pytest.raises(ParameterError, match="there is none"):
        watch(folder=inbox / "nowhere")


def test_a_stranger_watches_nothing(watch, inbox):
    with pytest.raises(NotAllowedError, match="stranger may not ingest"):
        watch(actor=Actor(id="stranger", agency="nowhere"))


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("wardens/april.csv", "wardens"),
        ("WARDENS/2026/april.csv", "wardens"),
        ("norbeck/police-uk/april.csv", "police-uk"),
        ("police-uk.csv", "police-uk"),
        ("police-extract-april.csv", "police-extract"),
        ("wardens/police-uk-april.csv", "wardens"),
        ("police-ukulele.csv", "police"),
        ("wardensapril.csv", None),
        ("april-wardens.csv", None),
    ],
)
def test_the_path_names_the_feed(path, feed):
    assert feed_of(Path(path), ("police", "police-uk", "police-extract", "wardens")) == feed


def test_what_a_power_cut_left_behind_is_removed_in_time(watch, inbox):
    watch()
    left = inbox / "done" / ".between-x"
    left.mkdir()
    (left / "odd.csv.rejected.csv").write_text("x", encoding="utf-8")
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))
    watch(at=NOW + timedelta(days=6))
    assert left.exists()
    watch(at=NOW + timedelta(days=7))
    assert not left.exists()


@pytest.mark.usefixtures("empty_hub")
def test_the_command_takes_in_what_is_there_and_ends(workdir, monkeypatch, capsys, police_file):
    (workdir / "inbox" / "police-uk").mkdir(parents=True)
    police_file(workdir / "inbox" / "police-uk" / "april.csv", "2026-04", 5)
    monkeypatch.setattr(sys, "argv", ["aim", "watch", "inbox", "--once", "--every", "1"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert "april.csv: 10 rows read, 10 added" in capsys.readouterr().err


@pytest.mark.usefixtures("empty_hub")
def test_the_command_stops_cleanly_when_interrupted(workdir, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    (workdir / "inbox").mkdir()
    monkeypatch.setattr("aim.workflows.watching.look_into", interrupt)
    monkeypatch.setattr(sys, "argv", ["aim", "watch", "inbox"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert "Stopped." in capsys.readouterr().err
