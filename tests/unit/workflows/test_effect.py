"""Before and after beside a place like it, on sites whose every count is known."""

import json
from dataclasses import replace
from datetime import date

import pytest
import shapely

from aim import workflows
from aim.errors import NotAllowedError, NotFoundError, ParameterError
from aim.model.actions import Site
from aim.model.breaks import Break, BreakKind
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING, Actor, Role
from aim.workflows.effect import EffectQuestion, assess_effect
from aim.workflows.grounds import ground_of_site

AUTUMN = IncidentFilter(since=date(2025, 8, 1), until=date(2025, 11, 1), include_outside=True)
ALDER = EffectQuestion("sites:A", AUTUMN)
OFFICER = Actor("o", "police", frozenset({Role.POLICE_PARTNER}))


@pytest.fixture
def assess(sites):
    def ask(**changes):
        return assess_effect(sites.store, sites.actor, replace(ALDER, **changes))

    return ask


def counts_of(found):
    return {row.area: (row.before, row.after) for row in found.counts.itertuples()}


def test_a_fall_is_measured_beside_the_place_most_like_it(assess):
    found = assess()
    assert (found.where, found.against) == ("Alder", "Birch")
    assert counts_of(found) == {
        "treated": (36, 15),
        "control": (36, 36),
        "displacement": (2, 5),
        "displacement_control": (0, 0),
    }
    difference = found.assessment.difference
    assert (difference.estimate, difference.local, difference.displacement) == (-18, -21, 3)
    assert found.words.startswith("Alder fell by about 18 incidents more than Birch")
    assert found.facts["measures"]["difference"]["estimate"] == -18
    assert found.series.loc["2025-07"].tolist() == [12, 12]
    assert found.series.index.tolist() == [f"2025-{month:02d}" for month in range(1, 11)]


def test_places_that_do_not_stand_for_it_say_why(assess):
    told = assess().candidates.set_index("place")
    assert told["suitable"].to_dict() == {name: name == "Birch" for name in told.index}
    assert sorted(told.index) == ["Birch", "Cedar", "Dune", "Fen"]
    assert told.loc["Fen", "reasons"].endswith("had no incident")
    assert "not as many" in told.loc["Cedar", "reasons"]
    assert "made of other sources" in told.loc["Cedar", "reasons"]
    assert "300 m away" in told.loc["Dune", "reasons"]


def test_sensitive_reports_are_in_no_count_of_a_drawn_area(assess):
    found = assess()
    assert any("3 sensitive incidents" in words for words in found.warnings)
    assert counts_of(found)["treated"] == (36, 15)


def test_the_period_before_is_as_long_or_begins_on_a_day_and_is_put_to_one_length(assess):
    longer = assess(before="2025-03-01", displacement_m=0)
    assert (longer.before.since, longer.before.until) == (date(2025, 3, 1), date(2025, 8, 1))
    assert counts_of(longer) == {"treated": (60, 15), "control": (60, 36)}
    # Five months before weigh as three: what is told is of the period after.
    assert longer.assessment.difference.estimate == pytest.approx(-21)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"before": "2025-08-01"}, "must lie before the action"),
        ({"before": "year-ago"}, "Not compared with August 2024"),
        ({"before": "2024-01-01"}, "starts on 1 January 2025"),
        ({"before": "soon"}, "soon"),
        ({"displacement_m": -1}, "displacement-m"),
        ({"displacement_m": 2001}, "displacement-m"),
        ({"wanted": IncidentFilter(since=date(2025, 8, 1))}, "both needed"),
        ({"wanted": replace(AUTUMN, wards=("A",))}, "leave `ward`"),
        ({"where": "sites:Z"}, "No ward is called"),
        ({"where": "1,2,3"}, "west,south,east,north"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(assess, changes, told):
    with pytest.raises(ParameterError, match=told):
        assess(**changes)


def test_a_year_ago_may_not_run_into_the_action(assess):
    long = IncidentFilter(since=date(2024, 8, 1), until=date(2025, 11, 1))
    with pytest.raises(ParameterError, match="run into the period after"):
        assess(wanted=long, before="year-ago")


@pytest.mark.parametrize("where", ["no-such-hotspot", "elsewhere:A"])
def test_a_place_that_is_not_there_is_told(assess, where):
    with pytest.raises(NotFoundError):
        assess(where=where)


def test_a_peak_before_is_warned_of(assess):
    found = assess(where="sites:Dune", control="sites:B")
    assert any("was a peak of Dune" in words for words in found.warnings)
    assert not any("a peak" in words for words in assess().warnings)


def test_an_event_between_the_periods_is_warned_of(sites, assess):
    entry = Break(date(2025, 8, 5), BreakKind.MIGRATION, "police", (), "new system")
    saved = workflows.add_break(sites.store, sites.actor, entry)
    try:
        assert any("new system" in words for words in assess().warnings)
    finally:
        workflows.remove_break(sites.store, sites.actor, saved.number)
    assert not any("new system" in words for words in assess().warnings)


def test_where_nothing_stands_for_it_there_is_no_result(assess):
    found = assess(where="sites:C")
    assert (found.against, found.assessment) == ("", None)
    assert "Cedar had 120 incidents before and 120 after" in found.words
    assert "none of the 4 places looked at stands for it" in found.words


@pytest.mark.parametrize("control", ["sites:C", "sites:cedar", "Cedar"])
def test_the_comparison_can_be_named(assess, control):
    found = assess(control=control)
    assert found.against == "Cedar"
    assert counts_of(found)["control"] == (120, 120)


@pytest.mark.slow
def test_a_saved_hotspot_is_compared_with_hotspots_and_its_choice_is_told(sites, assess):
    summer = IncidentFilter(since=date(2025, 5, 1), until=date(2025, 8, 1), include_outside=True)
    run = workflows.find_hotspots(sites.store, sites.actor, summer, save=True)
    row = run.hotspots[run.hotspots["name"] == "Alder Road"].iloc[0]
    found = assess(where=row["hotspot_id"])
    assert found.against == "Birch Road"
    assert counts_of(found)["treated"] == (36, 15)
    assert any("Alder Road was picked because it stood out" in told for told in found.warnings)
    older = row["hotspot_id"]
    dense = HotspotParameters(min_samples=100)
    newest = workflows.find_hotspots(sites.store, sites.actor, AUTUMN, dense, save=True)
    assert older not in set(newest.hotspots["hotspot_id"])
    view = workflows.effect_view(
        sites.store, sites.actor, replace(ALDER, where=older), sites.settings
    )
    assert (view.place, view.area) == (older, "")
    west, south, east, north = "-0.7620,54.6580,-0.7560,54.6620".split(",")
    box = assess(where=f"{west},{south},{east},{north}")
    assert box.where == "The rectangle"


def test_why_one_measure_is_missing_stands_with_the_measures(sites):
    asked = replace(ALDER, where="sites:Birch", control="sites:C")
    view = workflows.effect_view(sites.store, sites.actor, asked, sites.settings)
    assert "nothing to measure displacement by" in dict(view.why)["Around the place"]
    assert not any("displacement" in words for words in view.warnings)


def test_harm_is_weighed_by_the_file_named(sites, tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(
        'name = "ours"\nversion = "1"\nunit = "days"\nsource = "us"\n[weights]\nburglary = 3.0\n',
        encoding="utf-8",
    )
    told = workflows.effect_text(sites.store, sites.actor, ALDER, harm=path)
    assert "Weighed by harm: Alder fell by about 54 days" in told


def test_who_sees_figures_only_is_refused(sites):
    with pytest.raises(NotAllowedError):
        assess_effect(sites.store, Actor("c", "council", frozenset({Role.COUNCILLOR})), ALDER)


def test_statistics_are_for_those_who_see_them(sites):
    def written(actor):
        made = workflows.export_effect(
            sites.store, actor, ALDER, sites.settings, file_format="json", made=date(2025, 11, 3)
        )
        text = workflows.effect_text(sites.store, actor, ALDER)
        view = workflows.effect_view(sites.store, actor, ALDER, sites.settings)
        return json.loads(made.content), text, view

    data, text, view = written(sites.actor)
    assert data["facts"]["measures"]["difference"]["low"] < -18
    assert "e-test" in text
    assert dict(view.why)["As a multiple"].startswith("0.42 of what")
    data, text, view = written(OFFICER)
    assert "measures" not in data["facts"]
    assert [row["after"] for row in data["counts"]] == [15, 36, 5, 0]
    assert "e-test" not in text
    assert view.why == ()
    assert [row[1:3] for row in view.counts.rows] == [
        ("36", "15"),
        ("36", "36"),
        ("2", "5"),
        ("0", "0"),
    ]


def test_the_chart_marks_the_day_the_action_began(sites):
    view = workflows.effect_view(sites.store, sites.actor, ALDER, sites.settings)
    assert ("Start", "The action began on 1 August 2025.") in view.chart.marks
    assert view.chart.rows[7] == ("August 2025", "5", "12", "The action began on 1 August 2025.")


def test_a_raised_place_of_a_ward_is_compared_as_the_ward_is(assess, sites):
    ground = ground_of_site(
        sites.store, EVERYTHING, Site("Alder way", "raised by people", wards=("A",))
    )
    found = assess(ground=ground, where="Alder way")
    assert (found.where, found.against) == ("Alder way", "Birch")
    assert found.assessment.difference.estimate == assess().assessment.difference.estimate


def test_a_raised_place_of_two_wards_is_compared_with_neither(assess, sites):
    site = Site("Alder and Dune", "raised by people", wards=("A", "D"))
    told = assess(ground=ground_of_site(sites.store, EVERYTHING, site)).candidates
    own = told.set_index("place").loc[["Alder", "Dune"], "reasons"]
    assert own.str.contains("overlaps the treated place").all()


def test_a_designated_outline_is_compared_with_a_hotspot_like_it(assess, sites):
    outline = shapely.to_wkt(shapely.box(480_000, 530_000, 480_400, 530_400))
    site = Site("Order area", "designated", outline=outline, owner="council", purpose="x")
    found = assess(ground=ground_of_site(sites.store, EVERYTHING, site))
    assert (found.where, found.against) == ("Order area", "Birch Road")
    assert counts_of(found)["treated"] == (36, 15)
    assert found.assessment.difference.local < -15


def test_a_place_without_outline_and_ward_has_no_ground(sites):
    assert ground_of_site(sites.store, EVERYTHING, Site("Somewhere", "raised by people")) is None
