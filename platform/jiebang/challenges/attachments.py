"""The files of needs: written by the owner, read on the board as far as the need's secrecy lets."""

from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.challenges import admissions, policies, queries
from jiebang.challenges.models import Challenge
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.files.registry import Held, Holder, Slot, register
from jiebang.library import policies as needs
from jiebang.library import queries as library
from jiebang.library.models import TechNeed
from jiebang.library.states import EDITABLE, Secrecy
from jiebang.organizations.models import Organization

SLOTS = (
    Slot("requirement", "需求说明", help="图纸、工况数据、现有工艺等，帮助揭榜方看懂难题"),
    Slot("standard", "标准与测试方法", help="验收依据的标准、测试大纲"),
    Slot("other", "其他材料"),
)


def _visible(actor: User | None) -> QuerySet[TechNeed]:
    posted = Q(pk__in=queries.visible_to(actor).order_by().values("need"))
    if actor is not None:
        posted |= Q(pk__in=library.visible_to(actor).order_by().values("pk"))
    return TechNeed.objects.select_related("owner").filter(posted)


def _may_read(actor: User | None, need: TechNeed, held: Held) -> Decision:
    if needs.may_read(actor, need):
        return ALLOWED
    challenge = _posted(need)
    if challenge is None or not policies.may_read(actor, challenge):
        return Decision("这份材料只供需求单位和科技局查阅", code="not_a_party")
    tier = held.tier or need.secrecy
    if policies.may_read_tier(actor, challenge, tier) and not (held.is_confidential and not actor):
        return ALLOWED
    return Decision("这份材料签署保密承诺或入围后才能查阅", code="restricted")


def _posted(need: TechNeed) -> Challenge | None:
    return Challenge.objects.select_related("need").filter(need=need).order_by("-pk").first()


def _marked(need: TechNeed, held: Held) -> bool:
    return held.is_confidential or (held.tier or need.secrecy) != Secrecy.PUBLIC


def _opened(reader: User, need: TechNeed, held: Held) -> None:
    """Let the poster see it where it sees who read the texts."""
    if (challenge := _posted(need)) is not None:
        tier = held.tier or need.secrecy
        what = f"附件：{held.name}"
        admissions.note_reading(challenge=challenge, reader=reader, what=what, tier=tier)


def _may_list(actor: User | None, need: TechNeed, held: Held) -> Decision:
    return ALLOWED


def _may_write(actor: User, need: TechNeed) -> Decision:
    if need.state not in EDITABLE:
        return Decision("需求已提交，附件不能再改；退回修改时可以调整", code="not_in_progress")
    return needs.may_edit(actor, need)


def _unit(actor: User, need: TechNeed) -> Organization | None:
    return need.owner


register(
    Holder(
        name="need",
        model="library.techneed",
        slots=lambda need: SLOTS,
        visible=_visible,
        may_read=_may_read,
        may_list=_may_list,
        may_write=_may_write,
        marked=_marked,
        tiers=Secrecy.choices,
        opened=_opened,
        unit=_unit,
    )
)
