"""Acts on a contract through the interface, for tests of its life."""

import io
from datetime import timedelta

from django.utils import timezone

from jiebang.contracts.models import (
    ChangeRequest,
    Contract,
    Milestone,
    Payment,
    Settlement,
    Signature,
)

V1 = "/api/v1"


TODAY = timezone.localdate()


DAY = timedelta(days=1)


KINDS = (Contract, Milestone, Signature, Payment, ChangeRequest, Settlement)


def standing():
    return [list(kind.objects.values()) for kind in KINDS]


class Story:
    """Acts through the interface, and sees that what is refused changes nothing."""

    def __init__(self, contract, clients):
        self.contract, self.clients = contract, clients
        (self.indicator,) = contract.indicators

    def does(self, who, path, status=200, method="post", **body):
        call = getattr(self.clients[who], method)
        answer = call(f"{V1}/{path}", body or None, format="json")
        assert answer.status_code == status, answer.json()
        return answer.json()

    def refused(self, who, path, status, code, method="post", **body):
        before = standing()
        refusal = self.does(who, path, status, method, **body)
        assert refusal["code"] == code, refusal
        assert standing() == before
        return refusal

    @property
    def at(self):
        return f"contracts/{self.contract.pk}/"

    def stone(self, position):
        return self.contract.milestones.get(position=position)

    def terms(self, first=300, second=300, **more):
        return {
            "starts_on": str(TODAY),
            "ends_on": str(TODAY + 600 * DAY),
            "milestones": [
                {"title": "样机", "due_on": str(TODAY + 200 * DAY), "tranche": str(first),
                 "evidence_asked": "检测报告"},
                {"title": "验收", "due_on": str(TODAY + 500 * DAY), "tranche": str(second),
                 "indicators": [self.indicator.pk]},
            ],
            **more,
        }  # fmt: skip

    def signed(self):
        self.does("poster", f"{self.at}terms/", method="put", **self.terms())
        self.does("poster", f"{self.at}moves/", action="propose")
        for who in ("poster", "solver"):
            self.does(who, f"{self.at}signatures/", 201, side=who)
        return self.does(
            "approver", f"{self.at}signatures/", 201, side="bureau", contract_no="科揭〔2026〕1号"
        )

    def reported(self, position):
        stone = self.stone(position)
        if stone.evidence_asked:
            file = io.BytesIO(f"检测报告 {position}".encode())
            file.name = "检测报告.txt"
            answer = self.clients["solver"].post(
                f"{V1}/attachments/",
                {"holder": "milestone", "thing": stone.pk, "slot": "evidence", "file": file},
                format="multipart",
            )
            assert answer.status_code == 201, answer.json()
        measured = [
            {"indicator": row.pk, "value": "360", "evidence": "第三方报告"}
            for row in stone.indicators.all()
        ]
        path = f"milestones/{stone.pk}/reports/"
        return self.does("solver", path, 201, summary="完成", measurements=measured)

    def confirmed(self, position):
        self.reported(position)
        path = f"milestones/{self.stone(position).pk}/moves/"
        return self.does("poster", path, action="confirm", note="同意")

    def paid(self, position, amount, voucher):
        asked = {"milestone": self.stone(position).pk, "amount": amount, "purpose": "材料"}
        made = self.does("solver", "payments/", 201, **asked)
        path = f"payments/{made['id']}/moves/"
        self.does("approver", path, action="approve")
        return self.does("officer", path, action="pay", voucher=voucher)
