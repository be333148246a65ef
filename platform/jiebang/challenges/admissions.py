"""Restricted material: the undertaking, the shortlisting, and the log of who read."""

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges import policies, queries
from jiebang.challenges.models import Admission, Challenge, Reading
from jiebang.challenges.states import ON_THE_BOARD
from jiebang.common import clock
from jiebang.common.errors import Conflict, NotAllowed, WrongState
from jiebang.library.states import Secrecy
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization

UNDERTAKING = (
    "本单位承诺：所查阅的榜题内容和附件仅用于本次揭榜，不复制、不外传、不用于其他目的；"
    "接触人员限于揭榜团队；未中榜的，自结果公布之日起十日内销毁全部资料。"
    "本单位知悉每次查看和下载均被记录并向发榜单位公开，违反承诺的依法承担责任。"
)


@transaction.atomic
def undertake(*, challenge: Challenge, unit: Organization, actor: User) -> Admission:
    """Sign the undertaking in a unit's name."""
    unit_policies.may_write_for(actor, unit).enforce()
    if unit.pk == challenge.need.owner_id:
        raise NotAllowed("发榜单位无需签署保密承诺", code="own_challenge")
    if not queries.tiers(challenge) & {Secrecy.PLEDGED, Secrecy.ADMITTED}:
        raise WrongState("本榜题不要求签署保密承诺")
    if challenge.state_now not in ON_THE_BOARD:
        raise WrongState(f"当前状态为“{challenge.state_label}”，不能签署保密承诺")
    admission = _of(challenge, unit)
    signed = {"signed_by": actor, "signed_at": clock.now(), "undertaking": UNDERTAKING}
    if not Admission.objects.filter(pk=admission.pk, signed_at=None).update(**signed):
        raise Conflict("本单位已签署保密承诺，可以直接查看", code="signed_already")
    admission.refresh_from_db()
    audit.record(actor=actor, thing=admission, action="undertake", label="签署保密承诺")
    return admission


@transaction.atomic
def admit(*, challenge: Challenge, unit: Organization, actor: User) -> Admission:
    """Shortlist a unit, so that with its undertaking it reads what others may not."""
    policies.may_speak_for(actor, challenge).enforce()
    if Secrecy.ADMITTED not in queries.tiers(challenge):
        raise WrongState("本榜题的内容不以入围为查看条件")
    admission = _of(challenge, unit)
    admitted = {"admitted_by": actor, "admitted_at": clock.now()}
    if not Admission.objects.filter(pk=admission.pk, admitted_at=None).update(**admitted):
        raise Conflict("这个单位已经入围", code="admitted_already")
    admission.refresh_from_db()
    audit.record(actor=actor, thing=admission, action="admit", label="确定入围")
    return admission


@transaction.atomic
def note_reading(
    *, challenge: Challenge, reader: User | None, what: str, tier: str = ""
) -> Reading | None:
    """Log that somebody reads restricted material; the poster's own people are not logged."""
    if reader is None or (tier or challenge.need.secrecy) == Secrecy.PUBLIC:
        return None
    owner = challenge.need.owner_id
    if owner is not None and units.role_in(reader, owner):
        return None
    unit = units.units_of(reader).first()
    return Reading.objects.create(
        challenge=challenge,
        reader=reader,
        reader_name=reader.display_name,
        unit_name=unit.name if unit else "",
        what=what[:120],
    )


def _of(challenge: Challenge, unit: Organization) -> Admission:
    return Admission.objects.get_or_create(challenge=challenge, unit=unit)[0]
