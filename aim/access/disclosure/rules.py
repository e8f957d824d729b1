"""How a number may be released, as one table to review: sensitivity, geography, audience."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from aim.model.incidents import Sensitivity

K = 5
STRICT_K = 10


class Audience(StrEnum):
    """Who reads aggregated figures; all of them are taken to share what they are shown."""

    COUNCILLOR = "councillor"
    SCRUTINY = "scrutiny"
    PUBLIC = "public"


class Geography(StrEnum):
    """How small the place behind a number is; part of a ward's day or week counts as below it."""

    BOROUGH = "borough"
    WARD = "ward"
    BELOW_WARD = "below ward"


class Rule(StrEnum):
    """What may be said of a number."""

    AS_IT_IS = "as it is"
    BAND = "in bands at least k wide"
    STRICT = "in bands at least twice k wide"
    NEVER = "never"


_S, _G, _R = Sensitivity, Geography, Rule
# Columns: councillor, scrutiny, public.
_TABLE: tuple[tuple[Sensitivity, Geography, Rule, Rule, Rule], ...] = (
    (_S.PUBLIC, _G.BOROUGH, _R.AS_IT_IS, _R.AS_IT_IS, _R.AS_IT_IS),
    (_S.PUBLIC, _G.WARD, _R.AS_IT_IS, _R.AS_IT_IS, _R.AS_IT_IS),
    (_S.PUBLIC, _G.BELOW_WARD, _R.AS_IT_IS, _R.AS_IT_IS, _R.AS_IT_IS),
    (_S.ROUTINE, _G.BOROUGH, _R.AS_IT_IS, _R.AS_IT_IS, _R.AS_IT_IS),
    (_S.ROUTINE, _G.WARD, _R.AS_IT_IS, _R.AS_IT_IS, _R.AS_IT_IS),
    (_S.ROUTINE, _G.BELOW_WARD, _R.BAND, _R.BAND, _R.NEVER),
    (_S.SENSITIVE, _G.BOROUGH, _R.BAND, _R.BAND, _R.STRICT),
    (_S.SENSITIVE, _G.WARD, _R.BAND, _R.BAND, _R.NEVER),
    (_S.SENSITIVE, _G.BELOW_WARD, _R.NEVER, _R.NEVER, _R.NEVER),
)
RULES: Mapping[tuple[str, str, str], Rule] = MappingProxyType(
    {
        (sensitivity, geography, audience): rule
        for sensitivity, geography, *rules in _TABLE
        for audience, rule in zip(Audience, rules, strict=True)
    }
)


def rule_for(sensitivity: str, geography: str, audience: str) -> Rule:
    """Return how a number may be released; what the table does not know never is.

    Parameters
    ----------
    sensitivity, geography, audience
        Members of ``Sensitivity``, ``Geography`` and ``Audience``, or their words.

    Examples
    --------
    >>> rule_for("routine", "ward", "councillor").value
    'as it is'
    >>> rule_for("sensitive", "below ward", "scrutiny").value
    'never'
    """
    return RULES.get((sensitivity, geography, audience), Rule.NEVER)
