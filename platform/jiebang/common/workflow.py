"""A workflow is a table: which action leads from which states to which state, and whose it is."""

from collections.abc import Iterable, Iterator

from django.db.models import TextChoices

from jiebang.common.errors import WrongState


class Step:
    """One row of the table: an action, one state or several, where it leads.

    `needs_note`: the person must write why.
    """

    __slots__ = ("action", "needs_note", "sources", "target")

    def __init__(
        self, action: str, sources: str | Iterable[str], target: str, *, needs_note: bool = False
    ) -> None:
        self.action, self.target, self.needs_note = action, target, needs_note
        self.sources = frozenset({sources} if isinstance(sources, str) else sources)


class Workflow:
    """The whole table; a table with a hole in it cannot be made.

    Raises ValueError when an action has two rows or none, or a row names an unknown state.
    """

    def __init__(
        self, states: type[TextChoices], actions: type[TextChoices], steps: Iterable[Step]
    ) -> None:
        self.states, self.actions = states, actions
        self.steps: dict[str, Step] = {}
        for step in steps:
            if step.action in self.steps:
                raise ValueError(f"two rows for {step.action!r}")
            if unknown := {*step.sources, step.target} - set(states.values):
                raise ValueError(f"{step.action!r} names unknown states {sorted(unknown)}")
            self.steps[step.action] = step
        if idle := set(actions.values) ^ self.steps.keys():
            raise ValueError(f"actions and rows differ in {sorted(idle)}")

    def __iter__(self) -> Iterator[Step]:
        """Go through the rows in table order."""
        return iter(self.steps.values())

    def target(self, action: str, state: str) -> str:
        """Return where the action leads from this state, or raise WrongState."""
        step = self.steps[action]
        if state not in step.sources:
            raise WrongState(
                f"当前状态为“{self.states(state).label}”，不能{self.actions(action).label}"
            )
        return step.target

    def actions_from(self, state: str) -> list[str]:
        """Return the actions that the table has for this state, in table order."""
        return [step.action for step in self if state in step.sources]
