"""The buttons below a list with ticks, and the words for what became of every row."""

from typing import Any, TypedDict

from django.contrib import messages

from jiebang.accounts.models import User
from jiebang.batches.deeds import DEEDS
from jiebang.batches.services import Outcome, label_of
from jiebang.web.access import Request
from jiebang.web.listing import address

NAMED = 5  # refusals told in full


class Bulk(TypedDict):
    """What `_partials/bulk_foot.html` draws."""

    actions: list[dict[str, Any]]
    asks: set[str]
    challenge: int | None
    form: str


def bulk(user: User, *codes: str, challenge: int | None = None, form: str = "bulk") -> Bulk | None:
    """Return the buttons for these deeds, the first one stands out; None for whom none is meant.

    `form` is its name on the page: that of the ticks.
    """
    mine = [code for code in codes if user.has_role(DEEDS[code].role)]
    rows = [
        {"url": address("bulk", code), "label": label_of(code), "primary": code == mine[0]}
        for code in mine
    ]
    asks = {name for code in mine for name in DEEDS[code].asks}
    if not rows:
        return None
    return Bulk(actions=rows, asks=asks, challenge=challenge, form=form)


def tell(request: Request, code: str, outcome: Outcome) -> None:
    """Say what became of each row, on the next page."""
    done, refused = outcome
    if done:
        messages.success(request, f"{label_of(code)}：已办理 {len(done)} 项。")
    if refused:
        named = "；".join(f"“{each.name}”：{each.sentence}" for each in refused[:NAMED])
        rest = f"；另有 {len(refused) - NAMED} 项" if len(refused) > NAMED else ""
        messages.error(request, f"{len(refused)} 项未办理：{named}{rest}")
    if not done and not refused:
        messages.info(request, "没有选中可以办理的内容，请先勾选。")
