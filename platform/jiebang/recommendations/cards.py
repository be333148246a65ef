"""A match as people see it: in words, with the terms that made it. Asks the database nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from jiebang.achievements.models import Achievement
from jiebang.challenges.models import Challenge
from jiebang.common.text import fold
from jiebang.library.models import TechNeed
from jiebang.organizations.models import Organization
from jiebang.proposals.models import Proposal
from jiebang.recommendations import evidence, tuning
from jiebang.recommendations.evidence import Evidence, Known
from jiebang.recommendations.models import Kind, Match, Run

GRADES = {"strong": ("强相关", "green"), "fair": ("较强", "blue"), "weak": ("弱", "grey")}
NAMELESS = ("common", "other")  # kinds of the parts of a score that name no single term
CHIPS = 4
KINDS: dict[type, Kind] = {
    TechNeed: Kind.NEED,
    Achievement: Kind.ACHIEVEMENT,
    Organization: Kind.ORGANIZATION,
    Challenge: Kind.CHALLENGE,
    Proposal: Kind.PROPOSAL,
}


class Chip(NamedTuple):
    """A term that both texts share, with its share of the score in percent."""

    term: str
    share_percent: int
    seen_as: str

    @property
    def is_synonym(self) -> bool:
        """Say whether it stands under another word in one of the texts."""
        return bool(self.seen_as) and fold(self.seen_as) != fold(self.term)


class Coverage(NamedTuple):
    """How many of the need's indicators the other text mentions, and which it never does."""

    covered: int
    total: int
    unmentioned: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.covered}/{self.total}"


@dataclass(frozen=True)
class MatchView:
    """One match as a card shows it, without addresses.

    `subject_kind` and `subject_id` are what feedback is given on; `feedback` is this user's.
    `reasons` are all parts of the score, with and without a name; they add up to it.
    """

    subject_kind: str
    subject_id: int
    kind: str
    object: Any
    title: str
    who: str
    score: float
    grade: str
    grade_label: str
    grade_tone: str
    chance_percent: int
    chips: tuple[Chip, ...]
    reasons: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]
    trl_now: int | None
    trl_target: int | None
    indicator_coverage: Coverage | None
    evidence: Evidence
    feedback: bool | None

    @property
    def because(self) -> str:
        """Return which synonyms made the match: `SiC≈碳化硅`."""
        return "、".join(f"{c.seen_as}≈{c.term}" for c in self.chips if c.is_synonym)

    @property
    def only_word(self) -> str:
        """Return the one word that both texts share, where they share no other."""
        named = [part for part in self.reasons if part["kind"] not in NAMELESS]
        return named[0]["term"] if len(named) == 1 and named[0]["kind"] == "word" else ""


@dataclass(frozen=True)
class RunView:
    """One asking: the matches, best first, and where there are none the nearest there is.

    `missing` are words of the subject that no match mentions; `floor_chance_percent` is how often
    people called pairs close that score just enough to be shown; `settings` is the version that
    it was made with, 0 the built-in one.
    """

    object_kind: str
    label: str
    made_at: datetime
    matches: tuple[MatchView, ...]
    missing: tuple[str, ...]
    nearest: MatchView | None
    floor_chance_percent: int
    settings: int


def kind_of(thing: Any) -> Kind:
    """Return as what a row takes part in matching."""
    return KINDS[type(thing)]


def named(thing: Any) -> tuple[str, str]:
    """Return how a card names a thing: its title, and whose it is."""
    match thing:
        case Achievement():
            return thing.title, thing.unit_name
        case Organization():
            where = thing.district.name if thing.district else thing.city
            return thing.name, f"{thing.get_kind_display()}·{where}"
        case Proposal():
            return f"{thing.lead.name}的揭榜书", thing.lead.name
    return thing.title, thing.owner_name


def chips(
    reasons: Iterable[Mapping[str, Any]], score: float, most: int | None = CHIPS
) -> tuple[Chip, ...]:
    """Return the named parts of a score, largest first, in percent of it; none that rounds to 0."""
    named = (
        Chip(each["term"], round(100 * each["share"] / score), each["seen_as"])
        for each in reasons
        if each["kind"] not in NAMELESS and score
    )
    return tuple(chip for chip in named if chip.share_percent)[:most]


def card(
    run: Run, match: Match, thing: Any, subject: Any, feedback: bool | None, known: Known
) -> MatchView:
    """Return the card of one match."""
    title, who = named(thing)
    label, tone = GRADES[match.grade]
    now, target = maturity(subject, thing)
    asked = match.indicators_asked
    return MatchView(
        subject_kind=run.subject_kind,
        subject_id=run.subject_id,
        kind=run.object_kind,
        object=thing,
        title=title,
        who=who,
        score=match.score,
        grade=match.grade,
        grade_label=label,
        grade_tone=tone,
        chance_percent=round(100 * tuning.of_version(run.settings).chance(match.score)),
        chips=chips(match.reasons, match.score),
        reasons=tuple(match.reasons),
        missing=tuple(match.missing),
        trl_now=now,
        trl_target=target,
        indicator_coverage=Coverage(
            match.indicators_covered, asked, tuple(match.indicators_unmentioned)
        )
        if asked
        else None,
        evidence=evidence.of(subject, thing, (now, target), known),
        feedback=feedback,
    )


def maturity(subject: Any, thing: Any) -> tuple[int | None, int | None]:
    """Return how ready the offered technology is, and how ready it is wanted (TRL 1 to 9)."""
    match subject, thing:
        case TechNeed(), Achievement():
            return thing.trl, subject.trl_target
        case Challenge(), Proposal():
            return thing.trl_now, subject.need.trl_target
        case Achievement(), Challenge():
            return subject.trl, thing.need.trl_target
    return None, None
