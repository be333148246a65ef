"""Minutes, notices and objections: the rules that hold for decisions of every kind.

A notice counts working days. An objection stops it; it goes on, with the days that it had left,
when the last objection is answered and none was upheld.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from jiebang.accounts.models import User
from jiebang.approvals.models import ObjectionMade, Resolved
from jiebang.approvals.states import FREEZE, FROZEN, NOTICE, RESUME
from jiebang.audit import services as audit
from jiebang.calendars import queries as calendar
from jiebang.common import clock
from jiebang.common.errors import Invalid, RuleBroken, WrongState


def notice_end(days: int, start: date) -> date | None:
    """Return the last day of a notice of so many working days; None where there is none."""
    return calendar.add_working_days(start, days) if days else None


def days_left(thing: Resolved) -> int | None:
    """Return how many working days the notice still runs; None before it began or after its end."""
    if thing.state == FROZEN:
        return thing.days_left
    if thing.state != NOTICE or thing.notice_ends_on is None:
        return None
    return calendar.working_days_between(clock.today(), thing.notice_ends_on)


def checked_minutes(
    number: str, members: Sequence[str], *, least: int, more: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """Return number and names as they are kept; raises Invalid, with `more` faults, for gaps."""
    names = list(dict.fromkeys(filter(None, (name.strip() for name in members))))
    faults: dict[str, list[str]] = dict(more or {})
    if not number.strip():
        faults["minutes_number"] = ["请填写会议纪要编号"]
    if len(names) < least:
        faults["members"] = [f"集体审议须有至少 {least} 人，请写明姓名"]
    if faults:
        raise Invalid("集体审议记录不完整", code="minutes_incomplete", fields=faults)
    return {"minutes_number": number.strip(), "members": names}


def is_running(thing: Resolved) -> bool:
    """Say whether the thing is under notice and the notice has not ended."""
    end = thing.notice_ends_on
    return thing.state == NOTICE and end is not None and clock.today() <= end


def check_over(thing: Resolved, deed: str) -> None:
    """Raise a refusal unless the notice has ended without an open objection."""
    if thing.state == FROZEN:
        raise WrongState(f"异议尚未答复，公示暂停，不能{deed}", code="objection_open")
    if is_running(thing):
        end = f"{thing.notice_ends_on:%Y年%-m月%-d日}"
        raise RuleBroken(f"公示至{end}截止，期满无异议后方可{deed}", code="notice_running")


def check_open(thing: Resolved) -> None:
    """Raise RuleBroken unless objections are taken now: to the end of the notice's last day."""
    if thing.state != FROZEN and not is_running(thing):
        raise RuleBroken("公示期已过或没有公示，不再受理异议", code="objection_closed")


def checked_objection(
    actor: User, *, signed_name: str, text: str, evidence: str, least: int, reply_days: int
) -> dict[str, Any]:
    """Return an objection's columns; raises Invalid without real name, text or evidence."""
    faults: dict[str, list[str]] = {}
    if signed_name.strip() != actor.display_name:
        faults["signed_name"] = [f"异议须实名，请填写您的姓名“{actor.display_name}”"]
    if len(text.strip()) < least:
        faults["text"] = [f"请写明异议事项和理由，至少 {least} 字"]
    if not evidence.strip():
        faults["evidence"] = ["请写明证据，没有证据的异议不予受理"]
    if faults:
        raise Invalid("异议内容需要补充", code="objection_invalid", fields=faults)
    return {
        "objector": actor,
        "signed_name": signed_name.strip(),
        "text": text.strip(),
        "evidence": evidence.strip(),
        "reply_by": calendar.add_working_days(clock.today(), reply_days),
    }


def reply(objection: ObjectionMade, *, action: str, actor: User, note: str, least: int) -> None:
    """Answer an objection in writing; raises Invalid where that is too short."""
    objection.LIFE.target(action, objection.state)
    if len(note.strip()) < least:
        sentence = f"请写明调查情况和处理依据，至少 {least} 字"
        raise Invalid(sentence, code="reply_too_short", fields={"note": [sentence]})
    also = {"reply": note.strip(), "answered_by": actor, "answered_at": clock.now()}
    audit.advance(thing=objection, action=action, actor=actor, note=note, also=also)


def freeze(thing: Any) -> bool:
    """Stop a running notice's clock; says whether it was running."""
    if thing.state != NOTICE or thing.notice_ends_on is None:
        return False
    left = calendar.working_days_between(clock.today(), thing.notice_ends_on)
    audit.advance(thing=thing, action=FREEZE, actor=None, also={"days_left": left})
    return True


def resume(thing: Any) -> None:
    """Let a stopped notice go on with the working days that it had left."""
    end = calendar.add_working_days(clock.today(), thing.days_left or 0)
    audit.advance(
        thing=thing, action=RESUME, actor=None, also={"notice_ends_on": end, "days_left": None}
    )
