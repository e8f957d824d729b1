"""Whose data a page or file shows, and how it must be handled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from aim.model.times import say_day

# One row a feed; a boundary set carries its own line.
ATTRIBUTIONS = {
    "police-uk": "Contains data from data.police.uk, Open Government Licence v3.0",
    "police-extract": "Police incident data shared under the partnership's agreement",
    "wardens": "Neighbourhood warden reports shared under the partnership's agreement",
    "councillors": "Ward councillor reports shared under the partnership's agreement",
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every map, picture, page foot, sheet and file must say of itself.

    Attributes
    ----------
    partnership
        Who publishes it.
    handling
        The handling marking.
    attributions
        One line for each feed and boundary set shown.
    complete_to
        The last day each source is complete to, by source.
    who, made
        The reader and the day, for files that leave the hub.

    Examples
    --------
    >>> stamp = Stamp("Norbeck CSP", "OFFICIAL", ("Invented data",), {"police": date(2026, 4, 30)})
    >>> stamp.complete_line()
    'police to 30 April 2026'
    """

    partnership: str
    handling: str
    attributions: tuple[str, ...]
    complete_to: dict[str, date]
    who: str = ""
    made: date | None = None

    def complete_line(self) -> str:
        """Say to which day each source is complete."""
        if not self.complete_to:
            return "no source has been loaded yet"
        return ", ".join(f"{source} to {say_day(day)}" for source, day in self.complete_to.items())

    def made_line(self) -> str:
        """Say when a file was made and for whom; nothing of a page.

        Examples
        --------
        >>> Stamp("Norbeck CSP", "OFFICIAL", (), {}, "lead", date(2026, 5, 2)).made_line()
        'Made 2 May 2026 for lead'
        """
        made = f"Made {say_day(self.made)}" if self.made else ""
        return " ".join(filter(None, (made, f"for {self.who}" if self.who else "")))

    def lines(self) -> tuple[str, ...]:
        """Return everything that must be printed, marking first."""
        return (
            f"{self.handling}. {self.partnership}",
            f"Complete to: {self.complete_line()}",
            *self.attributions,
        )


def attributions_of(feeds: Iterable[str], ward_line: str = "") -> tuple[str, ...]:
    """Return the attribution of each feed shown and of the ward set, without repeats.

    Examples
    --------
    >>> attributions_of(["wardens"], "Invented wards")
    ("Neighbourhood warden reports shared under the partnership's agreement", 'Invented wards')
    """
    lines = [ATTRIBUTIONS.get(feed, f"Data of the feed {feed}") for feed in sorted(set(feeds))]
    return tuple(dict.fromkeys([*lines, *([ward_line] if ward_line else [])]))
