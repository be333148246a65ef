"""What a bid may have besides: partners in a consortium, files."""

from jiebang.files.models import Attachment, Content
from jiebang.organizations.states import Kind
from jiebang.proposals.models import Party
from tests.factories import make_unit, make_user


def make_partner(proposal, unit=None, **fields):
    """A partner in a consortium, with a member who writes for it."""
    unit = unit or make_unit(Kind.INSTITUTE)
    joined_by = fields.pop("joined_by", None) or make_user(unit=unit)
    defaults = {"right": "view", "challenge": proposal.challenge, "joined_by": joined_by}
    return Party.objects.create(proposal=proposal, unit=unit, **{**defaults, **fields})


def make_file(thing, slot, state="clean", **fields):
    """A file on a thing as the scanner left it; there is a row and no bytes."""
    n = Content.objects.count() + 1
    content = Content.objects.create(
        digest=f"{n:064x}", size=1024, media="application/pdf", state=state
    )
    defaults = {"slot_label": slot, "name": f"文件{n}.pdf", "content": content}
    return Attachment.objects.create(
        holder_type=thing._meta.label_lower,
        holder_id=thing.pk,
        slot=slot,
        added_by=fields.pop("added_by", None) or make_user(),
        **{**defaults, **fields},
    )
