"""Who may do what with a file: what the thing that holds it says."""

from django.db import models

from jiebang.accounts.models import User
from jiebang.common.decisions import Decision
from jiebang.common.errors import NotFound
from jiebang.files import registry
from jiebang.files.models import Attachment
from jiebang.files.registry import Holder
from jiebang.organizations import queries as units


def holder_of(thing: models.Model) -> Holder:
    """Return what is known of this kind of thing as a holder of files."""
    return registry.of_model(thing._meta.label_lower)


def may_write(actor: User, thing: models.Model) -> Decision:
    """Say whether the actor may add to and take from the thing's files now."""
    return holder_of(thing).may_write(actor, thing)


def may_remove(actor: User, thing: models.Model, attachment: Attachment) -> Decision:
    """Say whether the actor may take this file away: not what another unit handed in."""
    if attachment.unit_id and not is_own(actor, attachment):
        return Decision("这份文件由其他单位提交，不能替换或移除", code="not_yours")
    return may_write(actor, thing)


def may_read(actor: User | None, thing: models.Model, attachment: Attachment) -> Decision:
    """Say whether the actor may open the file; NotFound where they may not know of it."""
    holder = holder_of(thing)
    decision = holder.may_read(actor, thing, attachment)
    if not decision and not holder.listing(actor, thing, attachment):
        raise NotFound("没有这个附件，或者您无权查看")
    return decision


def is_marked(actor: User | None, thing: models.Model, attachment: Attachment) -> bool:
    """Say whether this reader's copy carries a watermark: everybody's but the unit's own."""
    if actor is not None and is_own(actor, attachment):
        return False
    return holder_of(thing).marked(thing, attachment)


def is_own(actor: User, attachment: Attachment) -> bool:
    """Say whether the actor's unit handed the file in, or where no unit did, the actor."""
    if attachment.unit_id is None:
        return attachment.added_by_id == actor.pk
    return units.role_in(actor, attachment.unit_id) is not None
