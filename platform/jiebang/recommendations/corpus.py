"""What the matcher reads of the platform's rows, and of which rows.

Nothing sealed comes in here: a solution only once its challenge has closed, a need whose text is
for matched parties only by what the board shows of it.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet

from jiebang.achievements.models import Achievement
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.library.models import TechNeed
from jiebang.library.states import COLLECTED, Secrecy
from jiebang.organizations.models import Organization
from jiebang.organizations.states import State as UnitState
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal
from jiebang.recommendations.models import Kind
from matching import Document, normalise

CHUNK = 500  # rows read at once
TITLE, KEYWORDS, INDICATORS, BODY = "title", "keywords", "indicators", "body"
SHORT_UNIT = 2  # signs; a unit this short (%, mm) stands in every text


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of a row: its name for people, the matcher's field it counts in, the text."""

    label: str
    field: str
    text: str


Text = tuple[Passage, ...]


@dataclass(frozen=True)
class Item:
    """A row as the matcher knows it: by one text, or by several, of which the best one counts.

    `owner_id` is the unit that never meets its own things; `asked` are the need's indicators,
    by name and unit.
    """

    pk: int
    owner_id: int | None
    texts: tuple[Text, ...]
    asked: tuple[tuple[str, str], ...] = ()

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Return what is indexed, or asked; see `place` for the keys."""
        made = []
        for number, text in enumerate(self.texts):
            fields: dict[str, list[str]] = {}
            for passage in text:
                if passage.text:
                    fields.setdefault(passage.field, []).append(passage.text)
            if fields:
                joined = {name: "\n".join(texts) for name, texts in fields.items()}
                made.append(Document(f"{self.pk}.{number}", joined))
        return tuple(made)

    @cached_property
    def digest(self) -> str:
        """Return what changes when a text does, or what is asked, or whose it is."""
        return digest([*map(digest_of, self.documents), self.asked, self.owner_id])

    @cached_property
    def _folded(self) -> str:
        return normalise("\n".join(p.text for text in self.texts for p in text))

    def unmentioned(self, asked: Collection[tuple[str, str]]) -> list[str]:
        """Return which of these indicators the texts mention neither by name nor by unit."""
        return [
            name for name, unit in asked if not self._mentions(normalise(name), normalise(unit))
        ]

    def _mentions(self, name: str, unit: str) -> bool:
        return name in self._folded or (len(unit) > SHORT_UNIT and unit in self._folded)


def place(key: str) -> tuple[int, int]:
    """Return of which row a document is, and which of its texts."""
    row, _, number = key.partition(".")
    return int(row), int(number)


def digest(content: Any) -> str:
    """Return a short hash of plain values."""
    return hashlib.sha256(repr(content).encode()).hexdigest()[:24]


def digest_of(document: Document) -> str:
    """Return what changes when the text does."""
    return digest(sorted(document.fields.items()))


@dataclass(frozen=True)
class Source:
    """The rows of one kind that take part, and how each is read."""

    rows: Callable[[], QuerySet[Any]]
    read: Callable[[Any], Item]

    def items(self, keys: Iterable[int] | None = None) -> Iterator[Item]:
        """Return the rows with these keys, or all, by key; a fixed number of queries a chunk."""
        rows = self.rows().order_by("pk")
        if keys is not None:
            rows = rows.filter(pk__in=keys)
        return map(self.read, rows.iterator(chunk_size=CHUNK))

    def documents(self) -> Iterator[tuple[Document, str]]:
        """Return every row's documents, each with its digest."""
        return self.documents_of(None)

    def documents_of(self, keys: Iterable[int] | None) -> Iterator[tuple[Document, str]]:
        """Return the documents of the rows with these keys, or of all, each with its digest."""
        return ((each, digest_of(each)) for item in self.items(keys) for each in item.documents)


def _need(need: TechNeed) -> Text:
    rows = "；".join(map(str, need.indicators.all()))
    return (
        Passage("需求名称", TITLE, need.title),
        Passage("关键词", KEYWORDS, "，".join(need.keyword_list)),
        Passage("主要技术指标", INDICATORS, rows),
        Passage("拟解决的技术难题", BODY, need.main_problem),
        Passage("主要研究内容", BODY, need.key_technology),
        Passage("预期目标", BODY, need.expected_goal),
    )


def _indicators(need: TechNeed) -> tuple[tuple[str, str], ...]:
    return tuple((row.name, row.unit) for row in need.indicators.all())


def _of_need(need: TechNeed) -> Item:
    return Item(need.pk, need.owner_id, (_need(need),), _indicators(need))


def _of_challenge(challenge: Challenge) -> Item:
    """Read it as its bidders' judge does: the whole need."""
    need = challenge.need
    return Item(challenge.pk, need.owner_id, (_need(need),), _indicators(need))


def as_posted(challenge: Challenge) -> Item:
    """Read it as a stranger on the board does."""
    need = challenge.need
    if need.secrecy == Secrecy.PUBLIC:
        return _of_challenge(challenge)
    return Item(challenge.pk, need.owner_id, (_need(need)[:2],))


def _achievement(row: Achievement) -> Text:
    return (
        Passage("成果名称", TITLE, row.title),
        Passage("关键词", KEYWORDS, "，".join(row.keyword_list)),
        Passage("成果简介", BODY, row.summary),
    )


def _of_achievement(row: Achievement) -> Item:
    return Item(row.pk, row.owner_id, (_achievement(row),))


def _of_unit(unit: Organization) -> Item:
    """Read it by what it says of itself, and by each thing it offers.

    All in one text would drown what answers a need in what does not.
    """
    itself = (
        Passage("主营业务", TITLE, unit.main_business),
        Passage("单位简介", BODY, unit.intro),
    )
    offered = unit.achievements.all()  # on offer only: see _units
    return Item(unit.pk, unit.pk, (itself, *map(_achievement, offered)))


def _of_proposal(row: Proposal) -> Item:
    answers = "；".join(str(answer) for answer in row.responses.all())
    text = (
        Passage("指标响应", INDICATORS, answers),
        Passage("技术路线", BODY, row.technical_route),
        Passage("创新点", BODY, row.innovation),
        Passage("研究基础", BODY, row.research_basis),
    )
    return Item(row.pk, row.lead_id, (text,))


def _needs() -> QuerySet[TechNeed]:
    return TechNeed.objects.filter(state__in=COLLECTED).prefetch_related("indicators")


def _achievements() -> QuerySet[Achievement]:
    return Achievement.objects.filter(on_offer=True)


def _units() -> QuerySet[Organization]:
    offered = Prefetch("achievements", _achievements().order_by("pk"))
    return Organization.objects.filter(state=UnitState.VERIFIED).prefetch_related(offered)


def _posted() -> QuerySet[Challenge]:
    return challenges.open_now().prefetch_related("need__indicators")


def _closed() -> QuerySet[Challenge]:
    closed = Challenge.objects.filter(state__in=proposals.OPENED)
    return closed.select_related("need").prefetch_related("need__indicators")


def _solutions() -> QuerySet[Proposal]:
    return proposals.opened().prefetch_related("responses__indicator")


SUBJECTS: dict[str, Source] = {
    Kind.NEED: Source(_needs, _of_need),
    Kind.ACHIEVEMENT: Source(_achievements, _of_achievement),
    Kind.ORGANIZATION: Source(_units, _of_unit),
    Kind.CHALLENGE: Source(_closed, _of_challenge),
}
SOUGHT: dict[str, Source] = {
    Kind.NEED: SUBJECTS[Kind.NEED],
    Kind.ACHIEVEMENT: SUBJECTS[Kind.ACHIEVEMENT],
    Kind.ORGANIZATION: SUBJECTS[Kind.ORGANIZATION],
    Kind.CHALLENGE: Source(_posted, as_posted),
    Kind.PROPOSAL: Source(_solutions, _of_proposal),
}
OWNER = {
    Kind.ACHIEVEMENT: "owner",
    Kind.ORGANIZATION: "pk",
    Kind.CHALLENGE: "need__owner",
}


def owned(kind: str, owners: Iterable[int]) -> dict[int, set[int]]:
    """Return by unit the keys of its own rows of this kind, which it is never shown."""
    found: dict[int, set[int]] = {}
    wanted = {f"{OWNER[Kind(kind)]}__in": set(owners)}
    rows = SOUGHT[kind].rows().filter(**wanted).order_by()
    for owner, key in rows.values_list(OWNER[Kind(kind)], "pk"):
        found.setdefault(owner, set()).add(key)
    return found


def bids_for(challenge_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return by challenge the keys of the opened solutions to it."""
    found: dict[int, set[int]] = {}
    rows = proposals.opened().filter(challenge__in=list(challenge_ids))
    for challenge, key in rows.values_list("challenge", "pk"):
        found.setdefault(challenge, set()).add(key)
    return found
