"""Who acts, and how far they see."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from aim.model.incidents import Sensitivity


class Action(StrEnum):
    """Everything a person can ask the hub to do; the policy has one row for each."""

    ADMINISTER = "administer the store"
    LOAD_WARDS = "load wards"
    INGEST = "ingest a feed"
    UNDO = "undo a delivery"
    REMOVE_ORIGINAL = "remove a delivered file"
    LINK = "link reports of one event"
    REGISTER = "keep the register of events"
    VIEW = "view incidents and hotspots"
    EXPORT = "export lists and maps"
    REVIEW_CASES = "look for early signs of a case review"
    SAVE_RUN = "save a hotspot run"
    BACK_UP = "back up or restore the store"
    VIEW_FIGURES = "view ward figures"
    EXPORT_FIGURES = "download ward figures"
    DRAFT_RESULT = "draft a result for the public"
    APPROVE_RESULT = "approve a result for the public"
    VIEW_QUALITY = "view how far each source is to be trusted"
    MANAGE_PEOPLE = "manage people and how they sign in"
    MANAGE_AGREEMENTS = "keep the sharing agreements"
    READ_AUDIT = "read and check the audit record"
    RETAIN = "remove what is past its time"
    ANSWER_SUBJECT = "answer a person about their own data"
    VIEW_TASKS = "see groups and actions"
    KEEP_GROUPS = "keep groups, places and meetings"
    PLAN_TASKS = "plan actions"
    DO_TASKS = "move and update actions"


class Role(StrEnum):
    """What a person is in the partnership."""

    ADMINISTRATOR = "administrator"
    ANALYST = "analyst"
    COORDINATOR = "coordinator"
    OFFICER = "officer"
    POLICE_PARTNER = "police partner"
    COUNCILLOR = "councillor"
    SCRUTINY = "scrutiny member"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, or machine, that asks.

    Attributes
    ----------
    id, agency
        The account's name and the agency it belongs to; never a person's name.
    roles
        What the person is in the partnership.
    wards, groups
        Codes of the wards and names of the groups that are the person's own today.
    withheld
        What a sharing agreement keeps from the person, as ``Reach.withheld`` has it.
    limits
        The only actions a token was made for; None for a person.

    Examples
    --------
    >>> Actor(id="officer-7", agency="wardens").roles
    frozenset()
    """

    id: str
    agency: str
    roles: frozenset[Role] = frozenset()
    wards: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    withheld: frozenset[tuple[str, str]] = frozenset()
    limits: frozenset[Action] | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows, and how much of each, an actor may see; every read of the store takes one.

    ``None`` means no limit. Limits multiply: a row must pass all of them.

    Attributes
    ----------
    agencies, sources, wards, sensitivities
        What a row must have to be seen.
    free_text
        Whether free text is shown of every agency; else only of those in ``text_agencies``.
    withheld
        Pairs of source and column that are not shown; the column `*` withholds the whole row.

    Examples
    --------
    >>> EVERYTHING.narrows(Reach(agencies=frozenset({"wardens"})))
    False
    >>> Reach(agencies=frozenset({"wardens"})).narrows(EVERYTHING)
    True
    """

    agencies: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    wards: frozenset[str] | None = None
    sensitivities: frozenset[Sensitivity] | None = None
    free_text: bool = True
    text_agencies: frozenset[str] = frozenset()
    withheld: frozenset[tuple[str, str]] = frozenset()

    def narrows(self, other: "Reach") -> bool:
        """Tell whether every row and column this reach shows, ``other`` shows too."""
        return (
            all(
                _within(mine, theirs)
                for mine, theirs in (
                    (self.agencies, other.agencies),
                    (self.sources, other.sources),
                    (self.wards, other.wards),
                    (self.sensitivities, other.sensitivities),
                )
            )
            and self.free_text <= other.free_text
            and (other.free_text or self.text_agencies <= other.text_agencies)
            and other.withheld <= self.withheld
        )


def _within(mine: Collection[str] | None, theirs: Collection[str] | None) -> bool:
    if theirs is None:
        return True
    return mine is not None and set(mine) <= set(theirs)


EVERYTHING = Reach()
NOTHING = Reach(agencies=frozenset(), free_text=False)
