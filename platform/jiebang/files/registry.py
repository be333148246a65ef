"""Who may hold files: each app above says of its things which files, and who may do what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from jiebang.accounts.models import User
from jiebang.common.decisions import ALLOWED, Decision


class Held(Protocol):
    """What a policy needs to know of an attachment."""

    slot: str
    unit_id: int | None
    is_confidential: bool
    tier: str
    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for files of one sort; `needed`: nothing is complete without one."""

    code: str
    label: str
    most: int = 10
    needed: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A kind of thing that holds files; `name` is its word in addresses.

    `visible` are the things a person may know of. `may_list` says whether they may know that the
    file is there, `may_read` whether they may open it; without `may_list` both are one.
    `gate` is asked before anything about the thing's files, and its refusal is said; what may_list
    refuses is not there. `marked` says whose copies carry a watermark: everybody's but the unit's
    own, by default.
    `tiers` are who may read a file other than the thing itself says; `opened` is told of every
    opening by somebody else.
    """

    name: str
    model: str
    slots: Callable[[Any], Sequence[Slot]]
    visible: Callable[[User | None], QuerySet[Any]]
    may_read: Callable[[User | None, Any, Held], Decision]
    may_write: Callable[[User, Any], Decision]
    may_list: Callable[[User | None, Any, Held], Decision] | None = None
    gate: Callable[[User | None, Any], Decision] = lambda actor, thing: ALLOWED
    marked: Callable[[Any, Held], bool] = lambda thing, held: held.is_confidential
    unit: Callable[[User, Any], Any] = lambda actor, thing: None
    tiers: Sequence[tuple[str, str]] = ()
    opened: Callable[[User, Any, Held], object] = lambda reader, thing, held: None

    def listing(self, actor: User | None, thing: Any, held: Held) -> Decision:
        """Say whether the person may know that the file is there."""
        return (self.may_list or self.may_read)(actor, thing, held)


_BY_NAME: dict[str, Holder] = {}
_BY_MODEL: dict[str, Holder] = {}


def register(holder: Holder) -> Holder:
    """Make a kind of thing a holder; called when Django starts, by its app's receivers."""
    if holder.name in _BY_NAME or holder.model in _BY_MODEL:
        raise ValueError(f"two holders are {holder.name!r} or {holder.model!r}")
    _BY_NAME[holder.name] = _BY_MODEL[holder.model] = holder
    return holder


def named(name: str) -> Holder | None:
    """Return the holder with this word in addresses."""
    return _BY_NAME.get(name)


def of_model(label: str) -> Holder:
    """Return the holder of this model (`proposals.proposal`)."""
    return _BY_MODEL[label]


def names() -> list[str]:
    """Return the words of all holders."""
    return sorted(_BY_NAME)


def everybody(actor: User | None, thing: Any, held: Held) -> Decision:
    """Let everybody read who may know of the thing."""
    return ALLOWED
