"""The money of contracts: asked for, approved by a second person, paid with a voucher."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Move, Query
from api.v1.contract_content import PaymentAsked, PaymentShown
from api.views import Resource, found
from jiebang.common.errors import NotFound
from jiebang.contracts import payments, queries
from jiebang.contracts.models import Milestone, Payment
from jiebang.contracts.states import PaymentAction, PaymentState


class PaymentMove(Move):
    """One step of a payment; paying names the voucher."""

    action = serializers.ChoiceField(choices=PaymentAction.choices)
    voucher = serializers.CharField(
        max_length=40, required=False, default="", allow_blank=True, help_text="凭证号。"
    )
    settled_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="办结日期；默认今天。"
    )


class PaymentQuery(Query):
    """The filters of the payments."""

    contract = serializers.IntegerField(required=False, help_text="合同 id。")
    state = serializers.ChoiceField(choices=PaymentState.choices, required=False)


class Payments(Resource):
    """Payments of the contracts that the caller may read."""

    tag = "拨付"

    def get_queryset(self) -> QuerySet[Payment]:
        """Return the payments that the caller may read."""
        return queries.payments_visible_to(self.actor)

    @extend_schema(summary="查询拨付", parameters=[PaymentQuery], responses=PaymentShown(many=True))
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        return self.page(PaymentShown, self.get_queryset().filter(**self.query(PaymentQuery)))

    @extend_schema(summary="查看拨付", responses=PaymentShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(PaymentShown, found(self.get_queryset(), pk))

    @extend_schema(summary="申请拨付", request=PaymentAsked, responses={201: PaymentShown})
    def create(self, request: Request) -> Response:
        """Ask for money of a confirmed milestone."""
        typed = self.body(PaymentAsked)
        mine = queries.visible_to(self.actor).order_by().values("pk")
        known = Milestone.objects.select_related("contract__solver").filter(contract__in=mine)
        milestone = known.filter(pk=typed.pop("milestone")).first()
        if milestone is None:
            raise NotFound("没有这个里程碑，或者您无权查看")
        made = payments.request(milestone=milestone, actor=self.actor, **typed)
        return self.show(PaymentShown, found(self.get_queryset(), made.pk), 201)

    @extend_schema(summary="审批、不予支付、登记凭证", request=PaymentMove, responses=PaymentShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step."""
        payment = found(self.get_queryset(), pk)
        payments.move(payment=payment, actor=self.actor, **self.body(PaymentMove))
        return self.show(PaymentShown, found(self.get_queryset(), pk))
