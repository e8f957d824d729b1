"""Campaigns, the local calendar and the planner from the keyboard."""

ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Fair by jo@example.org
DTSTART;VALUE=DATE:{year}0601
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
SUMMARY:Lunch
CLASS:PRIVATE
DTSTART;VALUE=DATE:{year}0601
END:VEVENT
END:VCALENDAR
"""
NIGHTS = ("campaign", "add", "Dark nights", "--start", "2026-10-01", "--finish", "2027-01-31")


def test_a_campaign_is_kept_listed_and_planned(aim, loaded):
    assert aim("campaign", "list").out == "No campaign yet.\n"
    options = ("--ward", "Abbey", "--type", "burglary", "--project", "Homes", "--funding", "900")
    assert "kept." in aim(*NIGHTS, *options, "--spent", "250").out
    listed = aim("campaign", "list").out
    assert "Dark nights" in listed
    assert "£650" in listed
    assert "all month" in aim("planner", "--year", "2026/27").out
    assert aim("planner", "--year", "2031/32").out.startswith("Nothing is planned")
    assert "before it starts" in aim(*NIGHTS[:-1], "2026-09-01").err


def test_a_calendar_is_loaded_and_what_is_left_out_is_told(aim, loaded):
    assert aim("calendar", "list").out == "No calendar has been loaded yet.\n"
    (loaded / "town.ics").write_text(ICS.format(year=2020), "utf-8")
    said = aim("calendar", "load", "town.ics", "--name", "Town")
    assert said.out.startswith("Town: ")
    assert "1 event left out: marked as private." in said.err
    assert "1 contact details masked" in said.err
    assert "in place of the last" in aim("calendar", "load", "town.ics", "--name", "Town").out
    assert "Town" in aim("calendar", "list").out
    assert "cannot be opened" in aim("calendar", "load", "none.ics").err
