"""What sharing agreements allow, by role and by day."""

from dataclasses import replace
from datetime import date

import pytest

from aim.access import (
    keeps_from,
    not_to_be_taken_away,
    require_agreements,
    require_reason,
    withheld_from,
)
from aim.errors import AgreementError, ParameterError, ReasonNeededError
from aim.model.agreements import (
    SavedAgreement,
    current_agreements,
    read_agreement,
)
from aim.model.people import Actor, Role

TODAY = date(2026, 6, 1)
GIVEN = {
    "source": "wardens",
    "owner": "norbeck-council",
    "reference": "ISA-7",
    "purpose": "Anti-social behaviour",
    "regime": "uk_gdpr",
    "roles": ["analyst", "police partner"],
    "begins": "2026-01-01",
    "review": "2027-01-01",
    "expires": "2026-12-31",
    "columns": ["uprn", "location_text"],
    "retention_days": 30,
}
AGREED = read_agreement(GIVEN)
OFFICER = Actor("w7", "norbeck-council", frozenset({Role.OFFICER}))


def test_an_agreement_comes_back_from_its_file_form():
    assert read_agreement(AGREED.as_plain()) == AGREED


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"roles": []}, "roles: name at least one"),
        ({"roles": ["king"]}, "roles: 'king'"),
        ({"roles": "analyst"}, "roles: a list"),
        ({"regime": "none"}, "regime: one of uk_gdpr"),
        ({"columns": ["lon"]}, "columns: only description"),
        ({"retention_days": 0}, "retention_days: a whole number"),
        ({"retention_days": True}, "retention_days: a whole number"),
        ({"onward_sharing": "yes"}, "onward_sharing: true or false"),
        ({"begins": "soon"}, "begins: "),
        ({"source": "The Wardens"}, "source: a slug"),
        ({"purpose": "x" * 401}, "purpose: a text"),
        ({"colour": "red"}, "colour is not known"),
    ],
)
def test_a_faulty_field_is_named(change, fault):
    with pytest.raises(ParameterError, match=fault):
        read_agreement(GIVEN | change)


def test_every_fault_is_told_at_once():
    with pytest.raises(ParameterError, match=r"owner is missing.*review: "):
        read_agreement(
            {name: one for name, one in GIVEN.items() if name != "owner"} | {"review": "x"}
        )


def test_columns_not_agreed_are_kept_back():
    assert withheld_from({Role.ANALYST}, [AGREED], TODAY) == {("wardens", "description")}


def test_whole_rows_are_kept_back_from_roles_not_agreed():
    assert withheld_from({Role.COORDINATOR}, [AGREED], TODAY) == {("wardens", "*")}
    one_of_two = {Role.COORDINATOR, Role.ANALYST}
    assert withheld_from(one_of_two, [AGREED], TODAY) == {("wardens", "description")}


def test_before_it_begins_nobody_sees_a_row():
    day_before = date(2025, 12, 31)
    assert withheld_from({Role.ANALYST}, [AGREED], day_before) == {("wardens", "*")}
    assert ("wardens", "*") not in withheld_from({Role.ANALYST}, [AGREED], AGREED.begins)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_an_agreement_holds_from_its_first_to_its_last_day(day, holds):
    assert AGREED.holds(day) is holds
    if holds:
        require_agreements(["wardens"], {"wardens": AGREED}, day, required=True)
    else:
        with pytest.raises(AgreementError, match=r"wardens \(ISA-7\).*aim agreements set"):
            require_agreements(["wardens"], {"wardens": AGREED}, day, required=False)


def test_a_source_without_agreement_is_taken_in_unless_one_is_required():
    require_agreements(["housing"], {"wardens": AGREED}, TODAY, required=False)
    with pytest.raises(AgreementError, match="housing"):
        require_agreements(["housing"], {"wardens": AGREED}, TODAY, required=True)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 6, 1), []),
        (date(2026, 11, 1), []),
        (date(2026, 11, 3), ["ends on 2026-12-31", "reviewed by 2027-01-01"]),
        (date(2026, 12, 31), ["ends on 2026-12-31", "reviewed by 2027-01-01"]),
        (date(2027, 1, 1), ["ended on 2026-12-31"]),
        (date(2025, 12, 31), ["begins on 2026-01-01"]),
    ],
)
def test_people_are_told_in_time(day, words):
    said = AGREED.warnings(day)
    assert len(said) == len(words)
    assert all(word in line for word, line in zip(words, said, strict=True))


def test_a_review_that_is_due_is_told():
    due = replace(AGREED, expires=None, review=TODAY)
    assert due.warnings(TODAY)[0].endswith("was to be reviewed on 2026-06-01.")


def test_only_owner_and_hub_take_rows_away_unless_sharing_onward_is_agreed():
    police = Actor("p1", "police")
    assert not_to_be_taken_away(police, [AGREED]) == {("wardens", "*")}
    assert not_to_be_taken_away(police, [replace(AGREED, onward_sharing=True)]) == set()
    assert not_to_be_taken_away(OFFICER, [AGREED]) == set()
    assert not_to_be_taken_away(Actor("a1", "hub"), [AGREED]) == set()


def test_a_reason_is_asked_for_where_agreed():
    asking = {"wardens": replace(AGREED, reason_needed=True)}
    with pytest.raises(ReasonNeededError, match="w7 asked for rows of wardens"):
        require_reason(OFFICER, ["police", "wardens"], asking, "")
    assert require_reason(OFFICER, ["wardens"], asking, "case-review") == "case-review"
    assert require_reason(OFFICER, ["police"], asking, "") == ""
    assert require_reason(OFFICER, ["wardens"], {"wardens": AGREED}, "") == ""


def test_a_reason_is_a_word_of_the_list():
    with pytest.raises(ParameterError, match="patrol-tasking"):
        require_reason(OFFICER, [], {}, "because")


def test_rows_are_kept_for_the_days_agreed():
    other = replace(AGREED, source="police", retention_days=None)
    assert keeps_from([AGREED, other], date(2026, 5, 1)) == {"wardens": date(2026, 4, 1)}


def test_the_newest_version_counts():
    newer = replace(AGREED, reference="ISA-8")
    kept = [SavedAgreement(one, at, "a", None) for at, one in ((2, newer), (1, AGREED))]
    assert current_agreements(kept)["wardens"].reference == "ISA-8"
