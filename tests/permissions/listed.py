"""What the lists of the platform are made of, where their rows do not say it themselves."""

from datetime import timedelta

from jiebang.acceptance.models import Member, Vote
from jiebang.accounts.models import RoleGrant
from jiebang.audit.models import Entry
from jiebang.awards.models import Review
from jiebang.calendars.models import Correction
from jiebang.challenges.models import Admission, Amendment, Clarification, Contact, Reading
from jiebang.challenges.states import State as ChallengeState
from jiebang.commissions.models import Version
from jiebang.common import clock
from jiebang.documents.models import Pledge
from jiebang.experts.models import RelatedUnits
from jiebang.files.models import Attachment, Download
from jiebang.library.models import CallRule
from jiebang.library.states import State as NeedState
from jiebang.proposals.models import Comment, LatePermission, PartnerInvitation
from jiebang.proposals.states import State as BidState
from jiebang.recommendations.models import Round
from jiebang.taxonomy.models import IndustryChain
from tests import factories as make
from tests.proposals.made import make_file, make_partner


def _history(kind):
    """Return how each thing of a kind gets a line of its record."""

    def add(city):
        for case in city.kinds[kind].values():
            Entry.objects.create(
                actor=city.people["经办"],
                actor_name="经办",
                thing_type=case.thing._meta.label_lower,
                thing_id=case.thing.pk,
                action="note",
                label="登记",
            )

    return add


def _of_challenge(model, **columns):
    """Return how every challenge gets a row of this kind; functions are asked of the city."""

    def add(city):
        for case in (*city.kinds["challenge"].values(), *city.kinds["secret"].values()):
            asked = {name: each(city) if callable(each) else each for name, each in columns.items()}
            model.objects.create(challenge=case.thing, **asked)

    return add


def _officer(city):
    return city.people["经办"]


def _bidder(city):
    return city.units.bidder


def _later(city):
    return clock.now() + timedelta(days=40)


def _admission(city):
    signer = city.people["揭榜方管理员"]
    for kind in ("challenge", "secret"):
        for case in city.kinds[kind].values():
            Admission.objects.create(
                challenge=case.thing,
                unit=city.units.bidder,
                signed_by=signer,
                signed_at=clock.now(),
            )


def _opened(city):
    return city.kinds["proposal"]["opened"].thing


def _bid_file(city):
    bid = _opened(city)
    for case in city.kinds["challenge"].values():
        CallRule.objects.get_or_create(
            call=case.thing.call, code="bid_files_listed", defaults={"value": 1}
        )
        if case.thing.state == ChallengeState.CLOSED:
            bid = _bid(case.thing)
            make_file(bid, "plan")


def _bid(challenge):
    return make.make_proposal(BidState.SUBMITTED, challenge=challenge)


def _bids(city):
    for label in ("closed", "awarded"):
        _review(_bid(city.kinds["challenge"][label].thing), city)


def _reviewed(city):
    _review(_opened(city), city)


def _review(bid, city):
    said = {"points": {}, "total": 80, "comment": "可以支持", "advice": "yes"}
    Review.objects.create(proposal=bid, reviewer=city.people["专家"], **said)


def _download(city):
    held = make_file(_opened(city), "plan")
    reader = city.people["经办"]
    Download.objects.create(attachment=held, reader=reader, reader_name="经办")


def _need_file(city):
    make_file(city.kinds["need"]["posted"].thing, "requirement", tier="public")


def _drafts(model, **columns):
    def add(city):
        author, unit = city.people["揭榜方管理员"], city.units.bidder
        for case in city.kinds["proposal"].values():
            people = {name: {"author": author, "unit": unit}[name] for name in columns["people"]}
            rest = {name: value for name, value in columns.items() if name != "people"}
            n = PartnerInvitation.objects.count()
            if "token_digest" in rest:
                rest |= {
                    "token_digest": f"{n:064x}",
                    "expires_at": clock.now(),
                    "invited_by": author,
                }
            model.objects.create(proposal=case.thing, **people, **rest)

    return add


def _partners(city):
    for case in city.kinds["proposal"].values():
        make_partner(case.thing)


def _related(city):
    RelatedUnits.objects.create(
        one=city.units.poster, other=city.units.bidder, basis="同一集团", recorded_by=_officer(city)
    )


def _pledge(city):
    contract = city.kinds["contract"]["running"].thing
    indicator = make.make_need(NeedState.POSTED).indicators.get()
    Pledge.objects.create(
        contract=contract, indicator=indicator, liability="bar", years=3, signatory="林"
    )


def _votes(city):
    expert, soon = city.kinds["expert"]["pooled"].thing, clock.now()
    draw = city.kinds["paneldraw"]["published"].thing
    for case in city.kinds["acceptance"].values():
        member = Member.objects.create(
            acceptance=case.thing, expert=expert, origin="draw", state="done", draw=draw,
            invited_by=_officer(city), answer_by=soon, review_by=soon,
        )  # fmt: skip
        Vote.objects.create(member=member, turn=1, advice="pass", text="同意通过")


def _version(city):
    for case in city.kinds["commission"].values():
        Version.objects.get_or_create(
            commission=case.thing, number=1, defaults={"content": {}, "proposed_by": _officer(city)}
        )


def _correction(city):
    day = clock.today().replace(month=1, day=1)
    Correction.objects.create(day=day, worked=True, reason="补班", made_by=_officer(city))


def _challenge(city, row, case):
    return city.kinds["challenge"]["open"].thing


def _need(city, row, case):
    return city.kinds["need"]["in_library"].thing


# Rows that are no rows of the database: what of the city they are made of.
MADE_OF = {
    "api:need-screening-experts": lambda city, row, case: RoleGrant.objects.get(
        user=city.people["专家"], role="expert"
    ),
    "api:challenge-bid-files": lambda city, row, case: Attachment.objects.get(name=row.title),
    "api:proposal-readings": lambda city, row, case: Download.objects.get(),
    "web:proposal-readings": lambda city, row, case: Download.objects.get(),
    "web:desk": lambda city, row, case: city.kinds["need"]["endorsed"].thing,
    "api:desk-list": lambda city, row, case: city.kinds["need"]["endorsed"].thing,
    "api:challenge-ranking-ranking": lambda city, row, case: row.proposal,
    "api:working-day-list": lambda city, row, case: Correction.objects.get(),
    "api:commission-versions": lambda city, row, case: case.thing.versions.get(),
    "api:consortium-parties": lambda city, row, case: case.thing.parties.get(leads=False),
}
# Lists that have as many rows whatever there is; they must not cost more either.
FIXED = {
    "api:statistic-ages": _need,
    "api:statistic-funnel": _challenge,
    "api:statistic-months": _challenge,
    "api:statistic-queues": _need,
    "api:statistic-calls": _need,
    "api:statistic-districts": _need,
    "api:statistic-fields": _need,
}
# Lists that show no more than so many more, whatever there is.
CUT = {"web:desk": 49, "api:desk-list": 49, "api:working-day-list": 259}
# Lists in which nobody of the city sees a row: what is put there first.
SEEDS = {
    "api:taxonomy-chains": lambda city: IndustryChain.objects.create(code="C1", name="新型储能"),
    "api:attachment-list": _need_file,
    "api:call-history": _history("call"),
    "api:need-history": _history("need"),
    "api:challenge-history": _history("challenge"),
    "api:proposal-history": _history("proposal"),
    "api:opening-history": _history("opening"),
    "api:expert-history": _history("expert"),
    "api:seat-history": _history("seat"),
    "api:waiver-history": _history("waiver"),
    "api:contract-history": _history("contract"),
    "api:acceptance-history": _history("acceptance"),
    "api:acceptance-member-history": _history("panelseat"),
    "api:assessment-history": _history("assessment"),
    "api:achievement-history": _history("achievement"),
    "api:challenge-bid-files": _bid_file,
    "api:challenge-proposals": _bids,
    "api:challenge-ranking-ranking": _bids,
    "api:challenge-announcement-admissions": _admission,
    "api:challenge-announcement-amendments": _of_challenge(
        Amendment, number=1, reason="工况有变", before={}, after={}, made_by=_officer,
        closed_before=_later, closes_at=lambda city: clock.now() + timedelta(days=50),
    ),
    "api:challenge-announcement-clarifications": _of_challenge(
        Clarification, text="以正文为准", made_by=_officer
    ),
    "api:challenge-announcement-contacts": _of_challenge(
        Contact, unit=_bidder, held_on=lambda city: clock.today(), way="phone", parties="甲、乙",
        outcome="已沟通", recorded_by=_officer,
    ),
    "api:challenge-announcement-readings": _of_challenge(
        Reading, reader=_officer, reader_name="经办", what="详细内容"
    ),
    "api:challenge-late-late-permissions": _of_challenge(
        LatePermission, unit=_bidder, reason="平台故障", until=_later, proposed_by=_officer
    ),
    "api:proposal-readings": _download,
    "api:consortium-comments": _drafts(Comment, people=("author", "unit"), text="请补充"),
    "api:consortium-invitations": _drafts(
        PartnerInvitation, people=(), email="a@example.cn", right="view", token_digest=""
    ),
    "api:related-unit-list": _related,
    "api:review-list": _reviewed,
    "api:contract-text-pledges": _pledge,
    "api:acceptance-votes": _votes,
    "api:consortium-parties": _partners,
    "api:commission-versions": _version,
    "api:working-day-list": _correction,
    "web:call-list": lambda city: make.make_challenge(
        need=make.make_need(NeedState.POSTED, call=city.kinds["call"]["open"].thing)
    ),
    "api:match-settings-rounds": lambda city: Round.objects.create(
        phase="done", running=None, ended_at=clock.now()
    ),
}  # fmt: skip
for _page, _like in (
    ("web:contacts", "api:challenge-announcement-contacts"),
    ("web:readings", "api:challenge-announcement-readings"),
    ("web:proposal-readings", "api:proposal-readings"),
    ("web:officer-related", "api:related-unit-list"),
):
    SEEDS[_page] = SEEDS[_like]
