"""The pack of the sample borough opens in an office program, whole, in every format."""

import re
import subprocess
from datetime import date

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.model.filters import read_filter
from aim.model.hotspots import HotspotParameters
from aim.workflows.packs import meeting_pack

pytestmark = pytest.mark.slow

TODAY = date(2026, 6, 8)
SETTINGS = Settings(partnership="Norbeck CSP", handling="OFFICIAL (invented)")
# Pages of each: more would be a table that runs over, fewer a part that is lost.
PAGES = {"pdf": (5, 9), "docx": (6, 10), "xlsx": (4, 5), "pptx": (12, 18), "log": (1, 2)}
PAGES |= {"list": (2, 12)}
YEAR = read_filter({"since": "2025-06-01", "until": "2026-06-01"})


@pytest.fixture(scope="module")
def printed(demo, needs, tmp_path_factory):
    """Give the text of each page of every file, as an office program prints it."""
    folder = tmp_path_factory.mktemp("packs")
    office, to_text = needs("libreoffice"), needs("pdftotext")
    for ending in ("pdf", "docx", "xlsx", "pptx"):
        made = workflows.export_pack(
            *(demo, LOCAL_ANALYST, SETTINGS), meeting="newest", file_format=ending, today=TODAY
        )
        (folder / f"{ending}.{ending}").write_bytes(made.content)
    log = workflows.export_log(demo, LOCAL_ANALYST, "newest", SETTINGS, today=TODAY)
    (folder / "log.docx").write_bytes(log.content)
    listed = workflows.export_hotspots(
        *(demo, LOCAL_ANALYST, YEAR, HotspotParameters(), SETTINGS), file_format="xlsx", made=TODAY
    )
    (folder / "list.xlsx").write_bytes(listed.content)
    files = ["docx.docx", "xlsx.xlsx", "pptx.pptx", "log.docx", "list.xlsx"]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*convert, *(str(folder / one) for one in files)], check=True, timeout=240)
    return {name: pages_of(to_text, folder / f"{name}.pdf") for name in PAGES}


def pages_of(to_text, path):
    done = subprocess.run([to_text, "-layout", str(path), "-"], check=True, capture_output=True)
    return done.stdout.decode("utf-8").split("\f")[:-1]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_there_and_marked(printed, name):
    least, most = PAGES[name]
    assert least <= len(printed[name]) <= most
    assert all("OFFICIAL (invented)" in page for page in printed[name])


@pytest.mark.parametrize("name", ["pdf", "docx", "xlsx", "pptx", "list"])
def test_every_place_of_the_list_is_printed_with_its_number(printed, demo, name):
    meeting = workflows.meetings_view(demo, LOCAL_ANALYST).meetings[0].key
    pack = meeting_pack(demo, LOCAL_ANALYST, meeting, SETTINGS, today=TODAY)
    text = re.sub(r"\s+", " ", " ".join(printed[name]))
    assert len(pack.places) > 5
    for place in pack.places:
        assert place.place in text
        assert re.search(rf"\b{place.reports:,}\b", text)


@pytest.mark.parametrize("name", ["pdf", "docx", "pptx"])
def test_the_parts_stand_in_their_order(printed, name):
    text = "\n".join(printed[name])
    parts = ["Hotspots, ranked", "Last results", "What to know before using"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_log_names_what_was_decided(printed):
    text = " ".join(printed["log"])
    for part in ("Decisions of the meeting of", "Take up with a group", "Watch", "No action"):
        assert part in text
