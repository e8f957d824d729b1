"""A pack and a decision log as Word: upright for words and places, on its side for wide tables."""

from collections.abc import Iterator
from typing import BinaryIO

from aim.exports import word
from aim.exports.pictures import draw_pictures
from aim.model.packs import (
    DecisionLog,
    Pack,
    PackTable,
    actions_table,
    decisions_table,
    late_table,
    place_facts,
    places_table,
    results_table,
)

_LINE_MM, _PLACE_MM = 174.0, 105.0
_PLACES_A_PAGE = 2


class WordPack:
    """A Word document with real headings, repeated heads and words for each picture."""

    suffix = ".docx"
    media_type = word.MEDIA_TYPE

    def write(self, pack: Pack, file: BinaryIO) -> None:
        """Write the pack.

        Raises
        ------
        ExportError
            A picture of it cannot be drawn.
        """
        drawn = iter(draw_pictures([one for one in _drawings(pack) if one]))
        document = _begin(pack)
        if pack.facts:
            word.add_facts(document, pack.facts, title="The pack at a glance")
        if pack.before_day:
            _add_table(document, decisions_table(pack.before, f"Decided on {pack.before_day}"))
            _add_table(document, late_table(pack.late))
        if pack.picture:
            word.add_heading(document, "Where")
            word.add_picture(document, next(drawn), pack.alt, width_mm=_LINE_MM)
        word.add_section(document, landscape=True)
        _add_table(document, places_table(pack.places), pack.list_said, pack.hidden)
        _add_table(document, actions_table(pack.actions))
        word.add_section(document, landscape=False)
        _add_places(document, pack, drawn)
        _add_table(document, results_table(pack.results))
        _close(document, pack)
        file.write(word.document_bytes(document))


def write_log(log: DecisionLog) -> bytes:
    """Write what a meeting decided.

    Parameters
    ----------
    log
        What to write.

    Returns
    -------
    bytes
        The file; the same log gives the same bytes.

    Examples
    --------
    >>> from aim.model.handling import Stamp
    >>> write_log(DecisionLog("Decisions", "", Stamp("Norbeck CSP", "OFFICIAL", (), {})))[:2]
    b'PK'
    """
    document = _begin(log)
    if log.facts:
        word.add_facts(document, log.facts, title="The meeting")
    _add_table(document, decisions_table(log.decisions, "Decisions"))
    if log.undecided:
        word.add_heading(document, "Not decided on")
        word.add_list(document, log.undecided)
    _add_table(document, late_table(log.late))
    word.add_lines(document, log.stamp)
    return word.document_bytes(document)


def _begin(paper: Pack | DecisionLog) -> word.Document:
    whose = "; ".join(paper.stamp.attributions)
    return word.new_document(paper.title, paper.stamp, paper.look, lead=paper.lead, purpose=whose)


def _drawings(pack: Pack) -> list[str]:
    return [pack.picture, *(one.picture for one in pack.places)]


def _add_table(document: word.Document, table: PackTable, *said: str) -> None:
    word.add_heading(document, table.title)
    word.add_text(document, *filter(None, said))
    if not table.rows:
        word.add_text(document, table.empty)
        return
    word.add_table(
        document,
        table.columns,
        table.texts,
        title=table.title,
        numbers=table.numbers,
        widths=table.widths,
    )


def _add_places(document: word.Document, pack: Pack, drawn: Iterator[bytes]) -> None:
    shown = [one for one in pack.places if one.picture]
    if shown:
        word.add_heading(document, "Place by place")
    for at, place in enumerate(shown):
        title = f"{place.rank}. {place.place}"
        starts_page = at > 0 and at % _PLACES_A_PAGE == 0
        word.add_heading(document, title, 2, on_new_page=starts_page)
        word.add_picture(document, next(drawn), place.alt, width_mm=_PLACE_MM, keeps_with_next=True)
        word.add_facts(document, place_facts(place), title=title)


def _close(document: word.Document, pack: Pack) -> None:
    word.add_heading(document, "What to know before using the figures")
    word.add_list(document, (*pack.notes, *pack.made_with))
    word.add_lines(document, pack.stamp)
