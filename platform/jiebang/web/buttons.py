"""What a person can do now, as the buttons of a page. The policies say what; here only how."""

from collections.abc import Collection, Iterable, Mapping
from typing import TypedDict

from django.http import HttpRequest

from jiebang.common.errors import Invalid
from jiebang.common.workflow import Workflow

GRAVE = frozenset(
    {"reject", "terminate", "suspend", "fail", "withdraw", "revoke", "give_up", "decline"}
)


class Button(TypedDict, total=False):
    """One button as `_partials/actions.html` draws it."""

    action: str
    label: str
    url: str
    method: str
    needs_note: bool
    note_label: str
    confirm: str
    primary: bool
    tone: str
    note: str
    error: str


def buttons(
    life: Workflow,
    actions: Iterable[str],
    url: str,
    *,
    primary: str = "",
    noted: Collection[str] = (),
    confirm: Mapping[str, str] | None = None,
) -> list[Button]:
    """Return a button for each action, all posting to `url`; the primary one comes first.

    A reason is asked where the workflow wants one, and for the actions in `noted`.
    """
    asked = confirm or {}
    made = [
        Button(
            action=action,
            label=str(life.actions(action).label),
            url=url,
            needs_note=life.steps[action].needs_note or action in noted,
            confirm=asked.get(action, ""),
            primary=action == primary and action not in GRAVE,
            tone="danger" if action in GRAVE else "",
        )
        for action in actions
    ]
    return sorted(made, key=lambda button: not button["primary"])


def link(label: str, url: str, *, primary: bool = False) -> Button:
    """Return a button that leads to a page."""
    return Button(action="", label=label, url=url, method="get", primary=primary)


def keep_typed(made: list[Button], action: str, note: str, refusal: Invalid) -> None:
    """Let the button whose reason was refused stand open, with what was typed and what is wrong."""
    for button in made:
        if button["action"] == action:
            button["note"] = note
            button["error"] = "；".join(refusal.fields.get("note", [str(refusal)]))


def action_of(request: HttpRequest, life: Workflow, among: tuple[str, ...] = ()) -> str:
    """Return the action that a button posted; raises Invalid for one that is not (`among` them)."""
    action = request.POST.get("action", "")
    if action not in (among or life.steps):
        raise Invalid("没有这项操作，请刷新页面后重试", code="action_unknown")
    return action


def seen(request: HttpRequest, name: str) -> int | None:
    """Return which version of a thing the person read, as the button's address says."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None
