"""A solution as it was handed in, and the hash that proves it."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from jiebang.proposals.models import Proposal

CONTENT = (
    "pi_name", "partners", "technical_route", "innovation", "research_basis", "team", "schedule",
    "asked_amount", "self_raised", "term_months", "trl_now", "trl_end", "ip_ownership",
    "ip_proposal", "risks", "pledged",
)  # fmt: skip
REQUIRED = {
    "pi_name": "请填写项目负责人",
    "technical_route": "请写明技术路线，这是评审的主要依据",
    "research_basis": "请写明研究基础",
    "team": "请写明团队情况",
    "schedule": "请写明进度安排",
    "asked_amount": "请填写期望金额（万元）",
    "term_months": "请填写完成期限（月）",
    "ip_ownership": "请选择知识产权归属",
    "pledged": "请阅读并勾选科研诚信承诺",
}


def take(proposal: Proposal) -> dict[str, Any]:
    """Return the whole solution as JSON, responses in the order of the indicators."""
    content: dict[str, Any] = {name: _plain(getattr(proposal, name)) for name in CONTENT}
    content["challenge"] = proposal.challenge.number
    content["lead"] = proposal.lead.uscc
    content["responses"] = [
        {
            "indicator": response.indicator.name,
            "asked": response.indicator.target,
            "promised": response.promised,
            "method": response.method,
        }
        for response in proposal.responses.select_related("indicator")
    ]
    return content


def digest(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the content in its one canonical form."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def missing(proposal: Proposal) -> dict[str, list[str]]:
    """Return what keeps the solution from being submitted: a sentence for each field."""
    faults = {n: [text] for n, text in REQUIRED.items() if not getattr(proposal, n)}
    answered = {response.indicator_id: response for response in proposal.responses.all()}
    for indicator in proposal.challenge.need.indicators.all():
        response = answered.get(indicator.pk)
        if response is None or not response.promised:
            sentence = f"请对指标“{indicator.name}（{indicator.target}）”作出承诺"
            faults[f"response-{indicator.pk}"] = [sentence]
    return faults


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
