"""A pack as PDF: the layout of every paper, with the list and the actions on wide pages."""

from collections.abc import Iterator
from typing import BinaryIO

from aim.exports.papers import Paper, Part, write_pdf
from aim.model.packs import (
    Pack,
    PackPlace,
    PackTable,
    actions_table,
    decisions_table,
    late_table,
    place_facts,
    places_table,
    results_table,
)


class PdfPack:
    """PDF/UA: tagged, with headings, tables and alternative texts."""

    suffix = ".pdf"
    media_type = "application/pdf"

    def write(self, pack: Pack, file: BinaryIO) -> None:
        """Write the pack.

        Raises
        ------
        ExportError
            A picture of it cannot be drawn.
        """
        paper = Paper(
            pack.title,
            pack.stamp,
            lead=pack.lead,
            facts=pack.facts,
            parts=tuple(_parts(pack)),
            notes=(*pack.notes, *pack.made_with),
            purpose="; ".join(pack.stamp.attributions),
            look=pack.look,
        )
        file.write(write_pdf(paper))


def _parts(pack: Pack) -> Iterator[Part]:
    if pack.before_day:
        yield _table_part(decisions_table(pack.before, f"Decided last time, {pack.before_day}"))
        yield _table_part(late_table(pack.late))
    if pack.picture:
        yield Part("Where", picture=pack.picture, alt=pack.alt, text=(pack.list_said,))
    said = tuple(filter(None, (pack.list_said, pack.hidden)))
    yield _table_part(places_table(pack.places), *said, wide=True)
    yield _table_part(actions_table(pack.actions), wide=True)
    for at, place in enumerate(one for one in pack.places if one.picture):
        yield from _place_parts(place, first=at == 0)
    yield _table_part(results_table(pack.results))


def _table_part(table: PackTable, *said: str, wide: bool = False) -> Part:
    if not table.rows:
        return Part(table.title, text=(*said, table.empty), wide=wide)
    return Part(
        table.title,
        text=said,
        columns=table.columns,
        rows=table.texts,
        numbers=table.numbers,
        widths=table.widths,
        wide=wide,
    )


def _place_parts(place: PackPlace, *, first: bool) -> Iterator[Part]:
    if first:
        yield Part("Place by place")
    title = f"{place.rank}. {place.place}"
    yield Part(title, picture=place.picture, alt=place.alt, half=True, share=3, level=3)
    yield Part(
        "", columns=("What", "Here"), rows=place_facts(place), half=True, share=2, widths=(2, 3)
    )
