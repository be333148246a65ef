"""A consortium: invited, joined, shared out, signed; limits by the call; one unit, one bid."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.files import policies as files
from jiebang.files.models import Attachment
from jiebang.proposals import checks, consortium, policies, services
from jiebang.proposals.models import PartnerInvitation, Party, Proposal
from jiebang.proposals.states import State
from tests.factories import (
    make_call,
    make_challenge,
    make_need,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)
from tests.proposals.made import make_file, make_partner

pytestmark = pytest.mark.django_db


def ruled(**rules):
    """A draft under a call that sets these rules."""
    need = make_need("posted", call=make_call(rules=rules))
    return make_proposal(challenge=make_challenge(need=need))


def shared(proposal, partner, **confirmed):
    """Share out between lead and partner, so that only confirmations may be missing."""
    rows = {
        party.pk: {"task": "研制", "grant_share": Decimal(70 if party.leads else 30)}
        for party in proposal.parties.all()
    }
    consortium.share_out(proposal=proposal, actor=proposal.author, rows=rows)
    partner.refresh_from_db()
    if not Attachment.objects.exists():
        make_file(proposal, "agreement")
    return partner


RIGHTS = {
    "view": (False, False),
    "comment": (False, True),
    "edit": (True, True),
}


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("role", ["administrator", "editor", "viewer"])
def test_what_a_partners_people_may_do(right, role):
    proposal = make_proposal()
    party = make_partner(proposal, right=right)
    person = make_user(unit=party.unit, member_role=role)
    edits, remarks = RIGHTS[right] if role != "viewer" else (False, False)

    assert bool(policies.may_read(person, proposal))
    assert bool(policies.may_edit(person, proposal)) is edits
    assert bool(policies.may_comment(person, proposal)) is remarks
    assert not policies.may_lead(person, proposal)
    assert [a for a in ("submit", "withdraw", "revise") if policies.may(person, a, proposal)] == []


def test_a_partner_that_may_not_edit_changes_nothing():
    proposal = make_proposal()
    party = make_partner(proposal, right="comment")
    with pytest.raises(NotAllowed) as caught:
        services.save(proposal=proposal, actor=party.joined_by, data={"risks": "原料涨价"})
    assert (caught.value.code, Proposal.objects.get().revision) == ("right_required", 0)


def test_an_address_gets_its_link_by_mail_and_the_token_is_not_kept(
    django_capture_on_commit_callbacks,
):
    proposal = make_proposal()
    with django_capture_on_commit_callbacks(execute=True):
        made, token = consortium.invite(
            proposal=proposal, actor=proposal.author, email="A@b.cn", right="view",
            link="https://x/{token}/",
        )  # fmt: skip
    (sent,) = mail.outbox
    assert sent.to == ["a@b.cn"]
    assert f"https://x/{token}/" in sent.body
    assert token not in made.token_digest


def test_an_invitation_ends_by_itself_and_may_then_be_sent_anew():
    proposal = make_proposal()
    asked = {"proposal": proposal, "actor": proposal.author, "email": "a@b.cn", "right": "view"}
    made, token = consortium.invite(**asked)
    person = make_user(unit=make_university(), email="a@b.cn")

    with clock.telling(made.expires_at):
        with pytest.raises(Invalid) as caught:
            consortium.accept(reference=token, actor=person)
        assert caught.value.code == "invitation_expired"
        consortium.invite(**asked)
    assert list(PartnerInvitation.objects.values_list("state", flat=True)) == ["open", "revoked"]


@pytest.mark.parametrize("end", ["accept", "decline", "revoke"])
def test_an_answered_invitation_is_spent(end):
    proposal, unit = make_proposal(), make_university()
    person = make_user(unit=unit)
    made, _ = consortium.invite(
        proposal=proposal, actor=proposal.author, unit=unit, right="edit", task="检测"
    )
    reference = str(made.pk)
    if end == "revoke":
        consortium.revoke(invitation=made, actor=proposal.author)
    else:
        getattr(consortium, end)(reference=reference, actor=person)

    for again in (consortium.accept, consortium.decline):
        with pytest.raises(Invalid) as caught:
            again(reference=reference, actor=person)
        assert caught.value.code == "invitation_spent"
    joined = Party.objects.filter(unit=unit).values_list("right", "task")
    assert list(joined) == ([("edit", "检测")] if end == "accept" else [])


@pytest.mark.parametrize("state", sorted(set(State) - {State.DRAFT}))
def test_members_change_only_while_it_is_a_draft(state):
    proposal = make_proposal(state)
    party = make_partner(proposal)
    tries = (
        lambda: consortium.invite(
            proposal=proposal, actor=proposal.author, email="a@b.cn", right="view"
        ),
        lambda: consortium.share_out(proposal=proposal, actor=proposal.author, rows={}),
        lambda: consortium.leave(party=party, actor=party.joined_by),
        lambda: consortium.confirm(party=party, actor=party.joined_by, signatory="王"),
    )
    for do in tries:
        with pytest.raises(WrongState):
            do()
    assert (Party.objects.count(), PartnerInvitation.objects.count()) == (2, 0)


def test_a_unit_stands_behind_one_solution_by_the_database_itself():
    first = make_proposal()
    second = make_proposal(challenge=first.challenge)
    unit = make_partner(first).unit
    with pytest.raises(IntegrityError), transaction.atomic():
        make_partner(second, unit=unit)
    with pytest.raises(Conflict) as caught:
        services.start(challenge=first.challenge, lead=unit, actor=make_user(unit=unit))
    assert caught.value.code == "bid_already"
    assert Party.objects.filter(unit=unit).count() == 1


def test_a_call_may_let_a_unit_join_several_consortia_but_lead_one():
    first = ruled(allow_many_consortia=1)
    second = make_proposal(challenge=first.challenge)
    unit = make_university()
    person = make_user(unit=unit)
    for bid in (first, second):
        made, _ = consortium.invite(proposal=bid, actor=bid.author, unit=unit, right="view")
        consortium.accept(reference=str(made.pk), actor=person)
    services.start(challenge=first.challenge, lead=unit, actor=person)
    assert Party.objects.filter(unit=unit).count() == 3


def test_the_call_limits_how_many_join():
    proposal = ruled(max_partners=1)
    make_partner(proposal)
    with pytest.raises(RuleBroken) as caught:
        consortium.invite(proposal=proposal, actor=proposal.author, email="a@b.cn", right="view")
    assert caught.value.code == "too_many_partners"
    assert not PartnerInvitation.objects.exists()


def test_the_call_may_want_several_units_and_a_host_for_outsiders():
    proposal = ruled(min_units=2, require_host_unit=1)
    assert checks.missing(proposal) == {
        "parties": ["本批次要求联合体不少于 2 家单位，现有 1 家"],
        "host_unit": ["牵头单位不在本市，本批次要求选择一家本市依托单位"],
    }
    make_partner(proposal, task="检测", grant_share=30)
    data = {"host_unit": make_unit()}
    services.save(proposal=proposal, actor=proposal.author, data=data)
    assert {"parties", "host_unit"} & set(checks.missing(proposal)) == set()


def test_shares_make_a_hundred_and_every_partner_signs_what_is_handed_in():
    proposal = make_proposal()
    partner = make_partner(proposal, right="edit")
    gaps = checks.missing(proposal)
    lead = proposal.parties.get(leads=True)
    assert set(gaps) == {
        f"party-{lead.pk}-task", f"party-{lead.pk}-grant_share", f"party-{partner.pk}-task",
        f"party-{partner.pk}-grant_share", f"confirmation-{partner.pk}", "files",
    }  # fmt: skip
    shared(proposal, partner)
    assert set(checks.missing(proposal)) == {f"confirmation-{partner.pk}"}
    half = {partner.pk: {"grant_share": Decimal(20)}}
    consortium.share_out(proposal=proposal, actor=proposal.author, rows=half)
    assert checks.missing(proposal)[f"party-{partner.pk}-grant_share"] == [
        "各成员资金分配比例合计 90%，应为 100%"
    ]
    shared(proposal, partner)
    consortium.confirm(party=partner, actor=partner.joined_by, signatory="王所长")
    assert checks.missing(proposal) == {}
    services.submit(proposal=proposal, actor=proposal.author)
    assert Proposal.objects.get().state == State.SUBMITTED


def test_a_save_that_changes_nothing_leaves_signatures_and_a_change_voids_them():
    proposal = make_proposal()
    partner = shared(proposal, make_partner(proposal))
    consortium.confirm(party=partner, actor=partner.joined_by, signatory="王所长")
    services.save(proposal=proposal, actor=proposal.author, data={"risks": proposal.risks})
    assert checks.missing(proposal) == {}

    services.save(proposal=proposal, actor=proposal.author, data={"risks": "原料涨价"})
    partner.refresh_from_db()
    assert (partner.confirmed_at, partner.signatory) == (None, "王所长")
    with pytest.raises(Invalid) as caught:
        services.submit(proposal=proposal, actor=proposal.author)
    assert caught.value.fields == {
        f"confirmation-{partner.pk}": [f"{partner.unit.name}内容已修改，原确认失效，须重新签署确认"]
    }


@pytest.mark.parametrize("who", ["lead", "colleague", "stranger"])
def test_who_may_sign_for_a_partner(who):
    proposal = make_proposal()
    partner = make_partner(proposal)
    person = {
        "lead": lambda: proposal.author,
        "colleague": lambda: make_user(unit=partner.unit, member_role="viewer"),
        "stranger": lambda: make_user(unit=make_university()),
    }[who]()
    with pytest.raises(NotAllowed):
        consortium.confirm(party=partner, actor=person, signatory="王")
    partner.refresh_from_db()
    assert partner.confirmed_at is None


def test_after_closing_nobody_joins():
    proposal, unit = make_proposal(), make_university()
    made, _ = consortium.invite(proposal=proposal, actor=proposal.author, unit=unit, right="view")
    PartnerInvitation.objects.update(expires_at=made.expires_at + timedelta(days=90))
    with clock.telling(proposal.challenge.closes_at), pytest.raises(RuleBroken) as caught:
        consortium.accept(reference=str(made.pk), actor=make_user(unit=unit))
    assert (caught.value.code, Party.objects.count()) == ("challenge_not_open", 1)


def test_the_agreement_is_wanted_and_another_file_voids_what_was_signed():
    proposal = make_proposal()
    partner = shared(proposal, make_partner(proposal))
    Attachment.objects.all().delete()
    assert checks.missing(proposal)["files"] == ["联合揭榜须上传各方签署的联合体协议"]
    make_file(proposal, "agreement")
    consortium.confirm(party=partner, actor=partner.joined_by, signatory="王所长")
    assert checks.missing(proposal) == {}
    make_file(proposal, "plan")
    assert set(checks.missing(proposal)) == {f"confirmation-{partner.pk}"}


@pytest.mark.parametrize(
    ("state", "said"), [("pending", "请稍候再提交"), ("infected", "请移除后重新提交")]
)
def test_nothing_is_handed_in_with_a_file_that_does_not_count(state, said):
    proposal = make_proposal()
    make_file(proposal, "plan", state)
    with pytest.raises(Invalid) as caught:
        services.submit(proposal=proposal, actor=proposal.author)
    ((sentence,),) = caught.value.fields.values()
    assert (list(caught.value.fields), sentence.endswith(said)) == (["files"], True)
    assert Proposal.objects.get().state == State.DRAFT


def test_the_receipt_names_every_file_by_its_hash_and_the_list_is_locked():
    proposal = make_proposal()
    row = make_file(proposal, "plan")
    receipt = services.submit(proposal=proposal, actor=proposal.author)
    assert [f["sha256"] for f in receipt.content["files"]] == [row.content.digest]
    submitted = Proposal.objects.get()
    assert files.may_write(proposal.author, submitted).code == "not_in_progress"
