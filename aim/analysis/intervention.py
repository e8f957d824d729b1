"""Did it work? Before and after, inside and around, against a place where nothing was done.

Counts come as pairs ``(before, after)``. The differences are differences of differences: what the
treated area changed beyond what the control area changed, and the same for the ring around, where
incidents may have moved to or where the effect may have spread.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from aim.analysis._numbers import check_share, ratio, read_pair
from aim.analysis.counts import e_test
from aim.errors import ParameterError

Pair = Sequence[float]
Counts = tuple[float, float]

AREAS = ("treated", "control", "displacement", "displacement_control")
# The normal approximation is poor below so many incidents in a cell.
_FEW = 5


@dataclass(frozen=True, slots=True)
class DisplacementDifference:
    """How many incidents fewer (or more) than the control suggests.

    Attributes
    ----------
    estimate
        Change in the treated area and its ring beyond the control's and its ring's; negative is a
        fall.
    standard_error, z, p
        Of the estimate; ``p`` two-sided.
    low, high
        Its interval, which leaves out ``alpha``.
    local, local_standard_error
        The part of the treated area.
    displacement, displacement_standard_error
        The part of the ring; positive is incidents moved there.
    alpha
        As asked.
    parameters
        Counts and weights as they entered.
    warnings
        What casts doubt on the numbers.
    """

    estimate: float
    standard_error: float
    z: float
    p: float
    low: float
    high: float
    local: float
    local_standard_error: float
    displacement: float
    displacement_standard_error: float
    alpha: float
    parameters: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelativeEffect:
    """The change of the treated area as a multiple of the control's.

    Attributes
    ----------
    ratio
        0.5 is half of what the control suggests; not a number where a count is 0.
    standard_error
        Of the ratio's logarithm.
    z, p
        Against a ratio of 1; ``p`` two-sided.
    low, high
        The interval, which leaves out ``alpha``.
    alpha
        As asked.
    warnings
        What casts doubt on the numbers.
    """

    ratio: float
    standard_error: float
    z: float
    p: float
    low: float
    high: float
    alpha: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DisplacementQuotient:
    """What happened around a treated area, in units of what happened in it.

    Attributes
    ----------
    quotient
        Above 0 the benefit spread, below 0 incidents moved out; not a number where the treated
        area did not clearly fall against the control, because nothing can then be divided by.
    success
        Fall of the treated area relative to the control; negative is a fall.
    words
        The quotient in words.
    warnings
        Why there is no quotient.
    """

    quotient: float
    success: float
    words: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """One action judged by every measure that its counts allow.

    Attributes
    ----------
    difference
        The weighted displacement difference.
    ratio
        The ratio form, treated against control.
    quotient
        The displacement quotient; None without a ring.
    before_after_p
        The e-test of the treated area alone, which any general fall passes too.
    words
        The result in a sentence with its doubt.
    warnings
        Everything that casts doubt, once each.
    """

    difference: DisplacementDifference
    ratio: RelativeEffect
    quotient: DisplacementQuotient | None
    before_after_p: float
    words: str
    warnings: tuple[str, ...] = ()


def weighted_displacement_difference(  # noqa: PLR0917 - the promised order
    treated: Pair,
    control: Pair,
    displacement: Pair | None = None,
    displacement_control: Pair | None = None,
    time_weights: Pair = (1, 1),
    area_weights: Mapping[str, float] | None = None,
    alpha: float = 0.05,
) -> DisplacementDifference:
    """Test whether an area fell by more than its control, the ring around it included.

    Parameters
    ----------
    treated, control
        Incidents ``(before, after)`` where something was done and where nothing was.
    displacement, displacement_control
        The same of the rings around the two; None for not looked at.
    time_weights
        Lengths of the periods before and after, in one unit.
    area_weights
        Size of each area by the name of its argument, in one unit; 1 for those not named.
    alpha
        The interval leaves out this chance.

    Returns
    -------
    DisplacementDifference
        ``estimate``, ``standard_error``, ``z``, ``low``, ``high`` and its parts. With weights it is
        in incidents per unit of time and area.

    Raises
    ------
    ParameterError
        A count or weight cannot be used, or all counts are 0.

    Notes
    -----
    Wheeler, A. P. and Ratcliffe, J. H. (2018), "A simple weighted displacement difference test to
    evaluate place based crime interventions", Crime Science 7: 11. A count n with weight w enters
    as n/w and adds n/w^2 to the variance. Counts are taken for Poisson: more scatter than that
    makes the interval too narrow.

    Examples
    --------
    >>> found = weighted_displacement_difference((207, 110), (308, 318), (178, 157), (150, 140))
    >>> found.estimate, round(found.standard_error, 2), round(found.z, 2)
    (-118.0, 39.6, -2.98)
    """
    check_share("alpha", alpha)
    given = (treated, control, displacement, displacement_control)
    counts = {
        name: read_pair(name, (0, 0) if pair is None else pair)
        for name, pair in zip(AREAS, given, strict=True)
    }
    weights = _weights(time_weights, area_weights or {})
    parts = {name: _change(counts[name], weights[name]) for name in AREAS}
    local = _minus(parts["treated"], parts["control"])
    around = _minus(parts["displacement"], parts["displacement_control"])
    parameters = {"counts": counts, "weights": weights}
    return _difference(
        local, around, alpha, parameters, _doubts(counts, displacement, displacement_control)
    )


def _weights(time_weights: Pair, area_weights: Mapping[str, float]) -> dict[str, Counts]:
    unknown = sorted(set(area_weights) - set(AREAS))
    if unknown:
        raise ParameterError(
            f"`area_weights` knows {', '.join(AREAS)}; found {', '.join(map(str, unknown))}."
        )
    before, after = read_pair("time_weights", time_weights)
    weights = {}
    for name in AREAS:
        size = float(area_weights.get(name, 1))
        weights[name] = (before * size, after * size)
        if not all(0 < weight < math.inf for weight in weights[name]):
            raise ParameterError(
                f"Weights must be above 0, found {time_weights!r} for the periods and {size!r} for"
                f" {name}."
            )
    return weights


def _change(counts: Counts, weights: Counts) -> tuple[float, float]:
    """Return the change of an area and its variance."""
    before, after = (count / weight for count, weight in zip(counts, weights, strict=True))
    variance = sum(count / weight**2 for count, weight in zip(counts, weights, strict=True))
    return after - before, variance


def _minus(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return one[0] - other[0], one[1] + other[1]


def _difference(
    local: tuple[float, float],
    around: tuple[float, float],
    alpha: float,
    parameters: Mapping[str, Any],
    warnings: tuple[str, ...],
) -> DisplacementDifference:
    estimate, variance = local[0] + around[0], local[1] + around[1]
    if not variance:
        raise ParameterError(
            "All counts are 0, so nothing can be compared; look at longer periods."
        )
    error = math.sqrt(variance)
    reach = float(ndtri(1 - alpha / 2)) * error
    return DisplacementDifference(
        estimate=estimate,
        standard_error=error,
        z=estimate / error,
        p=_two_sided(estimate / error),
        low=estimate - reach,
        high=estimate + reach,
        local=local[0],
        local_standard_error=math.sqrt(local[1]),
        displacement=around[0],
        displacement_standard_error=math.sqrt(around[1]),
        alpha=alpha,
        parameters=dict(parameters),
        warnings=warnings,
    )


def _two_sided(z: float) -> float:
    return float(2 * ndtr(-abs(z)))


def _doubts(
    counts: Mapping[str, Counts], displacement: Pair | None, displacement_control: Pair | None
) -> tuple[str, ...]:
    told = []
    few = [name for name in AREAS[:2] if min(counts[name]) < _FEW]
    if few:
        told.append(
            f"Fewer than {_FEW} incidents before or after in {' and '.join(few)}: read the interval"
            " as a rough guide."
        )
    if (displacement is None) != (displacement_control is None):
        told.append(
            "Only one of the two rings was given, so a general rise or fall counts as displacement."
        )
    return tuple(told)


def harm_weighted_displacement_difference(
    cases: Mapping[str, Any] | Sequence[Any],
    harm_weights: Mapping[str, float] | Sequence[float],
    alpha: float = 0.05,
) -> DisplacementDifference:
    """Add up the differences of several kinds of incident, each times its harm.

    Parameters
    ----------
    cases
        One for each kind: the arguments of ``weighted_displacement_difference`` as a mapping or in
        its order, or what it returned. A mapping by kind, or a sequence.
    harm_weights
        The harm of one incident of each kind, from 0: by the same kinds or in the same order.
    alpha
        The interval leaves out this chance.

    Returns
    -------
    DisplacementDifference
        In units of harm.

    Raises
    ------
    ParameterError
        Cases and weights do not match, or a number cannot be used.

    Notes
    -----
    ``sum(w WDD)`` with the variance ``sum(w^2 Var)``: Wheeler's addition to the test of Wheeler and
    Ratcliffe (2018) for harm weights.

    Examples
    --------
    >>> cases = {"theft": {"treated": (327, 202), "control": (388, 305)},
    ...     "robbery": {"treated": (144, 92), "control": (86, 64)}}
    >>> harm_weighted_displacement_difference(cases, {"theft": 2, "robbery": 7}).estimate
    -294.0
    """
    check_share("alpha", alpha)
    pairs = _match(cases, harm_weights)
    made = {name: (_as_difference(case), weight) for name, (case, weight) in pairs.items()}
    local = _add([(one.local, one.local_standard_error, weight) for one, weight in made.values()])
    around = _add(
        [(one.displacement, one.displacement_standard_error, w) for one, w in made.values()]
    )
    warnings = [f"{name}: {words}" for name, (one, _) in made.items() for words in one.warnings]
    parameters = {
        "cases": {name: one.parameters for name, (one, _) in made.items()},
        "harm_weights": {name: weight for name, (_, weight) in made.items()},
    }
    return _difference(local, around, alpha, parameters, tuple(warnings))


def _match(
    cases: Mapping[str, Any] | Sequence[Any],
    harm_weights: Mapping[str, float] | Sequence[float],
) -> dict[str, tuple[Any, float]]:
    both_named = isinstance(cases, Mapping) and isinstance(harm_weights, Mapping)
    neither = not isinstance(cases, Mapping) and not isinstance(harm_weights, Mapping)
    named, weights = _named(cases), _named(harm_weights)
    if not named or set(named) != set(weights) or not (both_named or neither):
        raise ParameterError(
            "`cases` and `harm_weights` must name the same kinds; found"
            f" {', '.join(named)} and {', '.join(weights)}."
        )
    for name, weight in weights.items():
        if not 0 <= weight < math.inf:
            raise ParameterError(f"A harm weight must be from 0, found {weight!r} for {name}.")
    return {name: (case, float(weights[name])) for name, case in named.items()}


def _named(values: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    pairs = values.items() if isinstance(values, Mapping) else enumerate(values, 1)
    return {str(name): value for name, value in pairs}


def _as_difference(case: Any) -> DisplacementDifference:
    if isinstance(case, DisplacementDifference):
        return case
    if isinstance(case, Mapping):
        return weighted_displacement_difference(**case)
    return weighted_displacement_difference(*case)


def _add(parts: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    values, errors, weights = np.array(parts, dtype=np.float64).T
    return float(weights @ values), float((weights**2) @ (errors**2))


def relative_effect(treated: Pair, control: Pair, alpha: float = 0.05) -> RelativeEffect:
    """Return the treated area's change as a multiple of the control's.

    Parameters
    ----------
    treated, control
        Incidents ``(before, after)``; periods may differ in length, if alike for both areas.
    alpha
        The interval leaves out this chance.

    Returns
    -------
    RelativeEffect
        Ratio and interval; not numbers, with a warning, where a count is 0.

    Raises
    ------
    ParameterError
        A count or ``alpha`` cannot be used.

    Notes
    -----
    ``(T1/T0) / (C1/C0)`` with the standard error of its logarithm, the root of the sum of 1/n:
    Wilson, D. B. (2022), "The relative incident rate ratio effect size for count-based impact
    evaluations", Journal of Quantitative Criminology 38: 323-341.

    Examples
    --------
    >>> found = relative_effect((207, 110), (308, 318))
    >>> round(found.ratio, 5), round(found.low, 5), round(found.high, 5)
    (0.51469, 0.38925, 0.68055)
    """
    check_share("alpha", alpha)
    before, after = read_pair("treated", treated)
    control_before, control_after = read_pair("control", control)
    counts = (before, after, control_before, control_after)
    if not all(counts):
        none = (math.nan,) * 6
        words = "One of the counts is 0, so there is no ratio; read the difference instead."
        return RelativeEffect(*none, alpha=alpha, warnings=(words,))
    effect = (after / before) / (control_after / control_before)
    error = math.sqrt(sum(1 / count for count in counts))
    reach = float(ndtri(1 - alpha / 2)) * error
    z = math.log(effect) / error
    low, high = (effect * math.exp(side * reach) for side in (-1, 1))
    return RelativeEffect(effect, error, z, _two_sided(z), low, high, alpha)


def displacement_quotient(treated: Pair, displacement: Pair, control: Pair) -> DisplacementQuotient:
    """Say what happened in the ring in units of what happened in the treated area.

    Parameters
    ----------
    treated, displacement, control
        Incidents ``(before, after)``.

    Returns
    -------
    DisplacementQuotient
        Quotient and words. There is no quotient unless the treated area fell against the control
        by more than two standard errors: divided by next to nothing it would say anything.

    Raises
    ------
    ParameterError
        A count cannot be used.

    Notes
    -----
    ``(Da/Ca - Db/Cb) / (Ra/Ca - Rb/Cb)``: Bowers, K. J. and Johnson, S. D. (2003), "Measuring the
    geographical displacement and diffusion of benefit effects of crime prevention activity",
    Journal of Quantitative Criminology 19: 275-301.

    Examples
    --------
    >>> round(displacement_quotient((100, 60), (50, 45), (200, 190)).quotient, 4)
    0.0714
    """
    read = [
        read_pair(name, pair)
        for name, pair in (("treated", treated), ("displacement", displacement))
    ]
    base = read_pair("control", control)
    (success, error), (moved, _) = (_change_of_share(pair, base) for pair in read)
    if not success < -2 * error:
        words = (
            "The treated area did not clearly fall against the control, so there is nothing to"
            " measure displacement by."
        )
        return DisplacementQuotient(math.nan, success, "not to be said", (words,))
    quotient = moved / success
    return DisplacementQuotient(quotient, success, _quotient_words(quotient))


def _change_of_share(pair: Counts, base: Counts) -> tuple[float, float]:
    """Return the change of a count as a share of the control's, and its standard error."""
    shares = [ratio(count, control) for count, control in zip(pair, base, strict=True)]
    variance = sum(
        # A share of 0 varies too: as one incident would.
        (max(count, 1) / control) ** 2 * (1 / max(count, 1) + 1 / control)
        for count, control in zip(pair, base, strict=True)
        if control
    )
    return shares[1] - shares[0], math.sqrt(variance)


def _quotient_words(quotient: float) -> str:
    steps = (
        (quotient > 1, "the ring gained more than the treated area itself"),
        (quotient > 0, "the benefit spread to the ring"),
        (quotient == 0, "nothing happened in the ring"),
        (quotient > -1, "some incidents moved to the ring, fewer than were saved"),
        (True, "as many incidents moved to the ring as were saved, or more"),
    )
    return next(words for holds, words in steps if holds)


def plain_result(
    result: DisplacementDifference,
    *,
    where: str = "The treated area",
    against: str = "the comparison area",
    unit: str = "incidents",
) -> str:
    """Say a result in a sentence that carries its doubt.

    Parameters
    ----------
    result
        From ``weighted_displacement_difference`` or its harm form.
    where, against
        The treated and the control area, as people call them; ``where`` begins the sentence.
    unit
        What is counted.

    Returns
    -------
    str
        No p value, and never a number without its range.

    Examples
    --------
    >>> found = weighted_displacement_difference((120, 100), (130, 150), alpha=0.1)
    >>> print(plain_result(found, where="Mill Lane", against="Dock Road"))
    Mill Lane fell by about 40 incidents (between 3 and 77) more than Dock Road; this is unlikely
    to be chance.
    """
    size = _whole(abs(result.estimate))
    low, high = sorted((abs(result.low), abs(result.high)))
    fell = result.estimate < 0
    if result.low <= 0 <= result.high:
        down, up = _whole(max(-result.low, 0)), _whole(max(result.high, 0))
        moved = f"{where} {'fell' if fell else 'rose'} by about {size} {unit} more than {against}"
        if not result.estimate:
            moved = f"{where} changed as {against} did"
        return (
            f"{moved}, but anything from {down} fewer to {up} more fits as well; this could be"
            " chance."
        )
    return (
        f"{where} {'fell' if fell else 'rose'} by about {size} {unit} (between {_whole(low)} and"
        f" {_whole(high)}) more than {against}; this is unlikely to be chance."
    )


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 or not value else f"{value:.2g}"


def assess_intervention(
    treated: Pair,
    control: Pair,
    displacement: Pair | None = None,
    displacement_control: Pair | None = None,
    *,
    time_weights: Pair = (1, 1),
    area_weights: Mapping[str, float] | None = None,
    alpha: float = 0.05,
    where: str = "The treated area",
    against: str = "the comparison area",
    warnings: Sequence[str] = (),
) -> Assessment:
    """Judge an action by every measure its counts allow.

    Parameters
    ----------
    treated, control, displacement, displacement_control, time_weights, area_weights, alpha
        See ``weighted_displacement_difference``.
    where, against
        The two areas, as people call them.
    warnings
        What the comparison crosses (``crosses``) and whether the place was picked at its peak
        (``warn_of_peak``); kept first.

    Returns
    -------
    Assessment
        Difference, ratio, quotient, e-test and a sentence.

    Raises
    ------
    ParameterError
        A count or weight cannot be used, or all counts are 0.

    Examples
    --------
    >>> found = assess_intervention((207, 110), (308, 318), (178, 157), (150, 140))
    >>> round(found.ratio.ratio, 2), found.quotient.words
    (0.51, 'the benefit spread to the ring')
    """
    difference = weighted_displacement_difference(
        treated, control, displacement, displacement_control, time_weights, area_weights, alpha
    )
    effect = relative_effect(treated, control, alpha)
    quotient = (
        None if displacement is None else displacement_quotient(treated, displacement, control)
    )
    told = [*warnings, *difference.warnings, *effect.warnings]
    told += quotient.warnings if quotient else ()
    before, after = read_pair("treated", treated)
    return Assessment(
        difference=difference,
        ratio=effect,
        quotient=quotient,
        before_after_p=e_test(after, before, *reversed(read_pair("time_weights", time_weights))),
        words=plain_result(difference, where=where, against=against),
        warnings=tuple(dict.fromkeys(told)),
    )
