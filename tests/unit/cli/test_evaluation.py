"""The evaluation on the command line."""

import json

import pytest

AREA = ("--area-share", "0.2", "--min-samples", "5", "--train", "1")


@pytest.fixture
def two_months(aim, loaded):
    """Load May and the first of June beside April."""
    rows = ["Job No,Date,Time,Category,Location,Easting,Northing,Details"]
    rows += [
        f"V{number:03d},{number:02d}/05/2026,21:30,Fly tipping,Quay Street,"
        f"{480_500 + 15 * number},{530_600 + 5 * number},"
        for number in range(1, 13)
    ]
    rows.append("V099,01/06/2026,21:30,Fly tipping,Quay Street,480500,530600,")
    (loaded / "may.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert aim("ingest", "wardens", "may.csv").code == 0
    return loaded


@pytest.mark.usefixtures("two_months")
def test_the_months_are_judged_and_printed(aim):
    said = aim("evaluate", *AREA)
    assert said.code == 0
    assert "Months 2026-04 to 2026-05: 1 make a map" in said.out
    assert any(line.startswith("2026-05") for line in said.out.splitlines())
    # The first day of June is no whole month.
    assert "Half of 24 incidents" in said.out


@pytest.mark.usefixtures("two_months")
def test_a_program_gets_the_scores(aim, loaded):
    said = aim("evaluate", *AREA, "--cell-m", "100", "--format", "json", "--out", "scores.json")
    assert said.code == 0
    told = json.loads((loaded / "scores.json").read_text(encoding="utf-8"))
    assert [row["method"] for row in told["scores"]] == ["dbscan", "grid", "kde"]


@pytest.mark.usefixtures("loaded")
def test_too_few_months_are_said_in_one_line(aim):
    said = aim("evaluate")
    assert said.code == 1
    assert said.err.startswith("aim: To judge a month 6 are needed before it")
    assert said.err.count("\n") == 1


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--format", "kml"), 2),
        (("--choose", "--eps-m", "100"), 2),
        (("--choose", "--cell-m", "100"), 1),
    ],
)
def test_what_cannot_be_asked_is_refused(aim, words, code):
    assert aim("evaluate", *words).code == code
