"""A challenge as it is posted and shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Actions, Moment, Seen
from api.serializers import Body, Named, Reference, Shown
from api.v1.need_content import IndicatorShown
from jiebang.accounts.models import User
from jiebang.awards import policies as award_policies
from jiebang.challenges import admissions, policies, queries
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import Action, State
from jiebang.library import queries as library
from jiebang.library.models import Call, TechNeed
from jiebang.openings import queries as openings
from jiebang.openings.models import Opening
from jiebang.organizations import queries as units
from jiebang.proposals import policies as bid_policies

TEXTS = (
    "main_problem", "key_technology", "expected_goal", "background", "current_basis",
    "deliverables", "solver_conditions", "ip_terms",
)  # fmt: skip
TERMS = (
    "keywords", "term_months", "solve_mode", "ip_ownership", "acceptance_method", "secrecy",
    "trl_now", "trl_target", "source_url",
)  # fmt: skip


class ChallengeRow(Shown[Challenge]):
    """A challenge on the board. Its state is what holds by the server's clock."""

    number = serializers.CharField(help_text="编号。")
    state = serializers.ChoiceField(choices=State.choices, source="state_now")
    state_label = serializers.CharField(help_text="中文名称。")
    owner_name = serializers.CharField(help_text="发榜单位；要求隐名的只写单位性质。")
    tech_field = Reference(allow_null=True)
    district = Reference(allow_null=True)
    call = Named()
    bid_count = serializers.IntegerField(help_text="已收到的揭榜书份数；截止前只有这个数字公开。")
    actions = Actions(Challenge.LIFE, policies.actions_for)

    class Meta:
        model = Challenge
        fields: tuple[str, ...] = (
            "id", "number", "title", "state", "state_label", "owner_name", "tech_field", "district",
            "call", "bounty", "opens_at", "closes_at", "bid_count", "actions",
        )  # fmt: skip


class TermsShown(Shown[TechNeed]):
    """The terms of the need behind a challenge."""

    class Meta:
        model = TechNeed
        fields = TERMS


class DetailsShown(Shown[TechNeed]):
    """The text of the need behind a challenge, never with the contact."""

    indicators = IndicatorShown(many=True)

    class Meta:
        model = TechNeed
        fields = (*TEXTS, "indicators")


class OpeningFact(Shown[Opening]):
    """That sealed solutions were opened early."""

    class Meta:
        model = Opening
        fields = ("number", "decided_at", "reason")


class RoundFact(Shown[Challenge]):
    """An earlier time that the need stood on the board and failed."""

    number = serializers.CharField(help_text="编号。")

    class Meta:
        model = Challenge
        fields = ("id", "number", "opens_at", "closes_at")


def more(user: User, challenge: Challenge) -> dict[str, str]:
    """Return what one can do with a challenge besides its own steps."""
    can = {}
    standing = challenge.state_now
    if standing == State.OPEN:
        mine = units.units_written_by(user).exclude(proposals__challenge=challenge)
        if any(bid_policies.may_bid(user, challenge, unit) for unit in mine):
            can["bid"] = "揭榜"
    elif standing == State.CLOSED and award_policies.may_award(user, challenge):
        can[Action.AWARD.value] = str(Action.AWARD.label)
    return can


class ChallengeShown(ChallengeRow):
    """A challenge in full."""

    owner_id = serializers.SerializerMethodField(help_text="发榜单位 id；隐名的为 null。")
    terms = TermsShown(source="need")
    details = serializers.SerializerMethodField(
        help_text="详细内容和技术指标；密级为限对接方而您不是已核验单位成员时为 null。"
    )
    emergency_opening = serializers.SerializerMethodField(
        help_text="截止前揭榜书被应急开启的时间和理由；没有的为 null。"
    )
    earlier_rounds = serializers.SerializerMethodField(help_text="此前张榜后流标的各次，先后为序。")
    actions = Actions(Challenge.LIFE, policies.actions_for, more)

    class Meta(ChallengeRow.Meta):
        fields = (
            *ChallengeRow.Meta.fields, "owner_id", "terms", "details", "emergency_opening",
            "earlier_rounds",
        )  # fmt: skip

    def get_owner_id(self, challenge: Challenge) -> int | None:
        """Return the poster's id, unless its name is withheld."""
        return None if challenge.need.mask_owner else challenge.need.owner_id

    @extend_schema_field(OpeningFact(allow_null=True))
    def get_emergency_opening(self, challenge: Challenge) -> Any:
        """Return that its solutions were opened early, as everybody may know."""
        made = openings.public(challenge)
        return OpeningFact(made).data if made else None

    @extend_schema_field(RoundFact(many=True))
    def get_earlier_rounds(self, challenge: Challenge) -> Any:
        """Return the earlier times that its need was posted and failed."""
        return RoundFact(queries.rounds(challenge), many=True).data

    @extend_schema_field(DetailsShown(allow_null=True))
    def get_details(self, challenge: Challenge) -> Any:
        """Return the text where the policy lets this reader have it."""
        if not policies.may_read_details(self.context["request"].user, challenge):
            return None
        reader = self.context["view"].reader
        admissions.note_reading(challenge=challenge, reader=reader, what="详细内容和技术指标")
        return DetailsShown(challenge.need, context=self.context).data


class ChallengePosted(Body):
    """Which need to post, and from when to when."""

    need = Seen(library.visible_to, help_text="已入库的需求 id。")
    opens_at = Moment(help_text="张榜时间，到时自动张榜。")
    closes_at = Moment(help_text="揭榜截止时间，到时自动截止。")
    call = serializers.PrimaryKeyRelatedField(
        queryset=Call.objects.all(), required=False, help_text="批次 id；默认为需求所在批次。"
    )
