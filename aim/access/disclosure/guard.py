"""The guard of free questions: it remembers what was answered, and answers, rounds or refuses.

It stands before routine figures finer than whole wards and months: some hours, some days of the
week, some squares. Sensitive incidents never take part in free questions, public ones need no
guard, and whole weeks are on the grid as they are.

The rule. A question asks for a part of the week, or of the place, in some ward-months. Among
answered questions that share a ward-month-type, all must be about the same ward-months and types,
or all about the same part; and any two must lie one within the other or apart. Anything else is
refused. So the answers form a tree under numbers that everybody knows, and each answer is a block
of a cut which depends on the earlier answers and on those known numbers, never on what is asked
about. Every block keeps three things true at every branch: it is k wide or tells nothing; the
least of the parts together stay within the least of the whole; and their largest reach its largest.
Hence, by going down the tree, every part keeps a room of k (or what was known of it beforehand).
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from aim.access.disclosure._tree import Limits, Node, limits_of
from aim.access.disclosure.bands import Band, narrowest_block
from aim.access.disclosure.rules import K
from aim.errors import ParameterError

Fact = tuple[str, str, str]
Facts = frozenset[Fact]


@dataclass(frozen=True, slots=True)
class Question:
    """Which routine incidents are counted: whole wards, months and types, and a part of them.

    Attributes
    ----------
    wards, months, types
        Codes, months such as ``2026-04`` and slugs of types (a theme is opened into its types).
    parts
        Words of one partition that never changes, such as ``fri-22`` for an hour of the week; every
        incident of a month lies in exactly one, so those without an hour need one of their own.

    Examples
    --------
    >>> night = Question.of(wards=["N1"], months=["2026-04"], types=["drugs"], parts=["night"])
    >>> sorted(night.facts)
    [('N1', '2026-04', 'drugs')]
    """

    wards: frozenset[str]
    months: frozenset[str]
    types: frozenset[str]
    parts: frozenset[str]

    @classmethod
    def of(cls, **named: Collection[str]) -> "Question":
        """Build a question from lists."""
        return cls(**{name: frozenset(values) for name, values in named.items()})

    @property
    def facts(self) -> Facts:
        """Every ward-month-type that is touched."""
        return frozenset(product(self.wards, self.months, self.types))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to a question, or why nothing was.

    Attributes
    ----------
    question
        As asked.
    band
        The least and the largest the count can be, equal when exact; None when refused.
    reason
        Words for the reader; empty when the number is exact.
    known
        The whole ward-month-types behind it, as everybody may see them on the grid.
    new
        Whether it must be remembered.
    """

    question: Question
    band: Band | None
    reason: str = ""
    known: Mapping[Fact, int] = field(default_factory=dict)
    new: bool = False


_ROUNDED = "Rounded, so that it cannot be taken apart together with other figures."
_NOTHING = "Too few incidents to say more than the ward's own figures do."
_CHANGED = (
    "These months were corrected after an earlier answer about them was given, and a new answer"
    " would show the correction. Ask about other months, or repeat the earlier question."
)
_CROSSING = (
    "An earlier answer covers some of the same incidents, and both together would reveal small"
    " numbers. Ask about the same wards, months and types as before, about the same hours and"
    " days in other whole wards, months or types, or about a part of what was answered."
)


@dataclass(frozen=True, slots=True)
class DifferencingGuard:
    """What was answered so far to everybody who may put answers together, and the rule for more.

    One guard for councillors and scrutiny members together, because they sit in one room. The
    whole object is a value: `after` returns the next one.

    Attributes
    ----------
    whole
        Every word of the partition that parts are taken from.
    answered
        Answers that were rounded, in the order they were given.
    k
        The least width of a rounded answer.

    Examples
    --------
    >>> guard = DifferencingGuard(whole=frozenset({"day", "night"}))
    >>> night = Question.of(wards=["N1"], months=["2026-04"], types=["drugs"], parts=["night"])
    >>> answer = guard.ask(night, 8, known={("N1", "2026-04", "drugs"): 30})
    >>> answer.band
    Band(low=6, high=11)
    >>> day = Question.of(wards=["N1"], months=["2026-04"], types=["drugs"], parts=["day"])
    >>> guard.after(answer).ask(day, 22, known={("N1", "2026-04", "drugs"): 30}).band
    Band(low=19, high=24)
    """

    whole: frozenset[str]
    answered: tuple[Answer, ...] = ()
    k: int = K

    def ask(self, question: Question, count: int, known: Mapping[Fact, int]) -> Answer:
        """Answer exactly, in a band or not at all, given all earlier answers.

        Parameters
        ----------
        question
            What is counted.
        count
            Its routine incidents now.
        known
            For each of ``question.facts``, the routine incidents of the whole ward-month-type now,
            from the same reading of the store.

        Returns
        -------
        Answer
            The same for the same question, for good.

        Raises
        ------
        ParameterError
            The question is empty or has unknown parts, ``known`` lacks a fact, or ``count`` does
            not fit ``known``.
        """
        self._refuse_faults(question, count, known)
        facts = question.facts
        numbers = {fact: known[fact] for fact in facts}
        if question.parts == self.whole:
            return Answer(question, Band(count, count))
        for one in self.answered:
            if one.question == question:
                return Answer(question, one.band, one.reason)
        near = [one for one in self.answered if one.question.facts & facts]
        if any(numbers.get(fact, n) != n for one in near for fact, n in one.known.items()):
            return Answer(question, None, _CHANGED)
        limits = self._limits_of(question, near, numbers)
        if limits is None:
            return Answer(question, None, _CROSSING)
        # A report that moved within its month may have left its earlier answer.
        fitting = min(max(count, limits.base), limits.top)
        band = narrowest_block(fitting, **limits._asdict(), k=self.k)
        cut = band != (limits.base, limits.top)
        return Answer(question, band, _ROUNDED if cut else _NOTHING, numbers, new=cut)

    def after(self, answer: Answer) -> "DifferencingGuard":
        """Return the guard that remembers an answer too."""
        if not answer.new:
            return self
        return DifferencingGuard(self.whole, (*self.answered, answer), self.k)

    def rows(self) -> list[dict[str, str | int]]:
        """Return what must be kept, one plain row an answer, in order."""
        return [_row_of(one) for one in self.answered]

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Mapping[str, Any]],
        whole: frozenset[str],
        k: int = K,
    ) -> "DifferencingGuard":
        """Build the guard again from what was kept.

        Parameters
        ----------
        rows
            As of `rows`, in that order.
        whole
            The partition the parts were taken from.
        k
            The least width of new answers; earlier ones stay as they are.
        """
        return cls(whole, tuple(map(_answer_of, rows)), k)

    def _refuse_faults(self, question: Question, count: int, known: Mapping[Fact, int]) -> None:
        if not (question.facts and question.parts and question.parts <= self.whole):
            raise ParameterError(
                "A question needs a ward, a month, a type and a part, each part one of the"
                f" {len(self.whole)} of the partition; found {sorted(question.parts)[:5]}."
            )
        missing = question.facts - known.keys()
        if missing:
            raise ParameterError(
                f"`known` lacks {min(missing)} and {len(missing) - 1} more; give the routine"
                " count of every ward, month and type asked about."
            )
        total = sum(known[fact] for fact in question.facts)
        if not 0 <= count <= total:
            raise ParameterError(
                f"A count from 0 to the {total} of `known` was asked for, found {count}; take"
                " both from one reading of the store."
            )

    def _limits_of(
        self, question: Question, near: list[Answer], numbers: dict[Fact, int]
    ) -> Limits | None:
        """Return how the answer may be cut; None if it would cross an earlier one."""
        parts, facts = question.parts, question.facts
        if near and all(one.question.facts == facts for one in near):
            total = sum(numbers.values())
            return limits_of(
                parts,
                [Node(one.question.parts, _band_of(one)) for one in near],
                room=lambda left: total if left else 0,
                root=Node(self.whole, Band(total, total)),
                k=self.k,
            )
        if any(one.question.parts != parts for one in near):
            return None
        same = [one for one in self.answered if one.question.parts == parts]
        known = numbers | {fact: n for one in same for fact, n in one.known.items()}
        return limits_of(
            facts,
            [Node(one.question.facts, _band_of(one)) for one in same],
            room=lambda left: sum(known[fact] for fact in left),
            root=None,
            k=self.k,
        )


def _band_of(answer: Answer) -> Band:
    if answer.band is None:
        raise ParameterError("A refused answer cannot be remembered; keep only the new ones.")
    return answer.band


def _row_of(answer: Answer) -> dict[str, str | int]:
    band, asked = _band_of(answer), answer.question
    words = {
        "wards": sorted(asked.wards),
        "months": sorted(asked.months),
        "types": sorted(asked.types),
        "parts": sorted(asked.parts),
    }
    known = [answer.known[fact] for fact in sorted(asked.facts)]
    return {
        "question": json.dumps(words),
        "known": json.dumps(known),
        "low": band.low,
        "high": band.high,
    }


def _answer_of(row: Mapping[str, Any]) -> Answer:
    question = Question.of(**json.loads(row["question"]))
    known = dict(zip(sorted(question.facts), json.loads(row["known"]), strict=True))
    return Answer(question, Band(int(row["low"]), int(row["high"])), _ROUNDED, known)
