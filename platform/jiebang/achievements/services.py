"""Writing achievements."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from jiebang.accounts.models import User
from jiebang.achievements import policies
from jiebang.achievements.models import Achievement
from jiebang.achievements.signals import achievement_changed
from jiebang.audit import services as audit
from jiebang.common.errors import Conflict, Invalid, Stale
from jiebang.organizations import policies as unit_policies
from jiebang.organizations.models import Organization

CONTENT = (
    "title", "tech_field", "keywords", "summary", "form", "trl", "transfer_modes", "patents",
    "price_band", "on_offer",
)  # fmt: skip


@transaction.atomic
def create(*, owner: Organization, actor: User, data: Mapping[str, Any]) -> Achievement:
    """Offer a result in the unit's name."""
    unit_policies.may_write_for(actor, owner).enforce()
    achievement = Achievement(owner=owner, author=actor, **_known(data))
    return _keep(achievement, actor, "create", "登记成果")


@transaction.atomic
def edit(
    *, achievement: Achievement, actor: User, data: Mapping[str, Any], revision: int | None = None
) -> Achievement:
    """Change it, or take it off offer; raises Stale when somebody saved since `revision`."""
    policies.may_edit(actor, achievement).enforce()
    content = _known(data)
    row = Achievement.objects.get(pk=achievement.pk)
    for name, value in content.items():
        setattr(row, name, value)
    _clean(row)
    seen = achievement.revision if revision is None else revision
    written = Achievement.objects.filter(pk=row.pk, revision=seen).update(
        **content, revision=F("revision") + 1
    )
    if not written:
        raise Stale("同事刚刚保存了更新的内容，请刷新后把您的修改补上")
    achievement.refresh_from_db()
    audit.record(actor=actor, thing=achievement, action="edit", label="修改成果")
    achievement_changed.send(Achievement, achievement_id=achievement.pk)
    return achievement


@transaction.atomic
def gather(*, actor: User | None, data: Mapping[str, Any]) -> Achievement:
    """Take in a result from a public source; raises Conflict when it was taken in before."""
    if Achievement.objects.filter(source_key=data["source_key"]).exists():
        raise Conflict("这项成果已经导入过", code="gathered_before")
    return _keep(Achievement(**data), actor, "gather", "导入公开成果")


def _keep(achievement: Achievement, actor: User | None, action: str, label: str) -> Achievement:
    _clean(achievement)
    achievement.save()
    audit.record(actor=actor, thing=achievement, action=action, label=label)
    achievement_changed.send(Achievement, achievement_id=achievement.pk)
    return achievement


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(data) - set(CONTENT)):
        raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
    return dict(data)


def _clean(achievement: Achievement) -> None:
    try:
        achievement.full_clean(
            exclude=["owner", "author"], validate_unique=False, validate_constraints=False
        )
    except ValidationError as error:
        raise Invalid("有内容需要修改，请按提示处理", fields=error.message_dict) from error
    if achievement.trl is not None and not 1 <= achievement.trl <= 9:
        raise Invalid("有内容需要修改", fields={"trl": ["技术就绪度为 1 至 9 级"]})
