"""拟发榜公示: what is about to be posted, shown beforehand."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from jiebang.accounts.models import PlatformRole, User
from jiebang.audit import services as audit
from jiebang.challenges.models import IntentNotice
from jiebang.common import clock
from jiebang.common.errors import Invalid
from jiebang.library import queries as library
from jiebang.library.models import Call, TechNeed
from jiebang.library.states import RuleCode, State


@transaction.atomic
def announce(
    *, call: Call, actor: User, title: str, needs: Sequence[TechNeed], text: str = ""
) -> IntentNotice:
    """Publish which library needs of a call are to be posted; it runs as long as the call says."""
    actor.needs_role(PlatformRole.OFFICER)
    faults: dict[str, list[str]] = {}
    if not title.strip():
        faults["title"] = ["请填写标题"]
    if not needs:
        faults["needs"] = ["请至少选择一条需求"]
    elif any(need.call_id != call.pk or need.state != State.IN_LIBRARY for need in needs):
        faults["needs"] = ["只能公示本批次已入库、尚未张榜的需求"]
    if faults:
        raise Invalid("公示内容需要修改", code="notice_invalid", fields=faults)
    days = int(library.rules_of(call).get(RuleCode.INTENT_NOTICE_DAYS, 0))
    notice = IntentNotice.objects.create(
        call=call,
        title=title.strip(),
        text=text.strip(),
        ends_at=clock.now() + timedelta(days=days),
        made_by=actor,
    )
    notice.needs.set(needs)
    audit.record(actor=actor, thing=notice, action="announce", label="发布拟发榜公示")
    return notice
