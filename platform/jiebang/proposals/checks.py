"""What keeps a solution from being handed in: a sentence for each place. Reads, never writes."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from jiebang.common.money import in_wan
from jiebang.files import queries as files
from jiebang.files.states import Scan
from jiebang.library import queries as library
from jiebang.library.states import RuleCode
from jiebang.proposals import snapshots
from jiebang.proposals.models import Party, Proposal, TeamRow
from jiebang.proposals.states import EDITABLE, Relation, State

Faults = dict[str, list[str]]
REQUIRED = {
    "pi_name": "请填写项目负责人",
    "technical_route": "请写明技术路线，这是评审的主要依据",
    "research_basis": "请写明研究基础",
    "asked_amount": "请填写期望金额（万元）",
    "term_months": "请填写完成期限（月）",
    "ip_ownership": "请选择知识产权归属",
    "relation": "请声明与发榜方有无关联关系",
    "pledged": "请阅读并勾选科研诚信承诺",
    "signatory": "请填写科研诚信承诺的签署人",
}
BY_TABLES = {
    "trl_now": "请选择现有技术就绪度",
    "trl_now_evidence": "请写明现有技术就绪度的依据",
    "trl_end": "请选择完成时技术就绪度",
    "trl_end_evidence": "请写明完成时技术就绪度的依据",
    "ip_proposal": "请写明知识产权方案",
    "risks": "请写明风险与预案",
}
RUNNING = (State.SUBMITTED, State.AWARDED)
AGREEMENT = "agreement"  # the slot of the consortium's agreement


def missing(proposal: Proposal) -> Faults:
    """Return what keeps the solution from being submitted: a sentence for each field."""
    rules = library.rules_of(proposal.challenge.call)
    faults = {n: [text] for n, text in REQUIRED.items() if not getattr(proposal, n)}
    tables = bool(rules.get(RuleCode.REQUIRE_BID_TABLES))
    if tables:
        faults |= {n: [text] for n, text in BY_TABLES.items() if not getattr(proposal, n)}
    if proposal.relation == Relation.SOME and not proposal.related_units.strip():
        faults["related_units"] = ["请逐行列明关联单位的名称"]
    if proposal.trl_now and proposal.trl_end and proposal.trl_end < proposal.trl_now:
        faults["trl_end"] = ["完成时的技术就绪度低于现有水平，请核对"]
    faults |= _responses(proposal)
    faults |= _budget(proposal, wanted=tables)
    faults |= _team(proposal, wanted=tables, most=rules.get(RuleCode.MAX_TIME_SHARE))
    faults |= _schedule(proposal, wanted=tables)
    faults |= _units(proposal, rules)
    return faults | _files(proposal)


def _files(proposal: Proposal) -> Faults:
    """Want every file looked at, none infected, and the agreement where units bid together."""
    said = [
        f"附件“{row.name}”{row.content.get_state_display()}，"
        f"{'请移除后重新提交' if row.content.state == Scan.INFECTED else '请稍候再提交'}"
        for row in files.of(proposal)
        if not row.content.is_usable
    ]
    together = proposal.parties.filter(leads=False).exists()
    if together and not files.counted(proposal).filter(slot=AGREEMENT).exists():
        said.append("联合揭榜须上传各方签署的联合体协议")
    return {"files": said} if said else {}


def _responses(proposal: Proposal) -> Faults:
    answered = {response.indicator_id: response for response in proposal.responses.all()}
    faults: Faults = {}
    for indicator in proposal.challenge.need.indicators.all():
        response = answered.get(indicator.pk)
        if response is None or not response.promised:
            sentence = f"请对指标“{indicator.name}（{indicator.target}）”作出承诺"
            faults[f"response-{indicator.pk}"] = [sentence]
    return faults


def _budget(proposal: Proposal, *, wanted: bool) -> Faults:
    """Hold the columns against the two amounts; the sentence stands at the last row's cell."""
    rows = list(proposal.budget_rows.all())
    if not rows:
        return {"budget": ["请填写经费预算，逐项写明资金来源"]} if wanted else {}
    faults: Faults = {}
    for column, name, label in (
        ("poster", "asked_amount", "期望金额"),
        ("own", "self_raised", "自筹资金"),
    ):
        summed = sum((getattr(row, column) for row in rows), Decimal(0))
        amount = getattr(proposal, name) or Decimal(0)
        if summed != amount:
            said = "发榜方" if column == "poster" else "自筹"
            more = "多" if summed > amount else "少"
            faults[f"budget-{len(rows) - 1}-{column}"] = [
                f"经费预算“{said}”一列合计 {in_wan(summed)}，比{label} {in_wan(amount)}"
                f"{more} {in_wan(abs(summed - amount))}，两者应当相等"
            ]
    return faults


def _team(proposal: Proposal, *, wanted: bool, most: Decimal | None) -> Faults:
    rows = list(proposal.team_rows.all())
    if not rows:
        if wanted:
            return {"team_rows": ["请逐人填写团队成员和投入工时占比"]}
        return {} if proposal.team else {"team": ["请写明团队情况，或逐人填写团队成员"]}
    elsewhere = _shares_elsewhere(proposal, rows) if most is not None else Counter()
    here: Counter[tuple[str, str]] = Counter()
    faults: Faults = {}
    for n, row in enumerate(rows):
        if not row.name:
            faults[f"team-{n}-name"] = ["请填写姓名"]
        if row.share is None:
            faults[f"team-{n}-share"] = [f"请填写{row.name}的投入工时占比"]
            continue
        person = _person(proposal, row)
        here[person] += row.share
        if here[person] > 100:
            faults[f"team-{n}-share"] = [f"{row.name}在本揭榜书中投入工时合计超过 100%"]
        elif most is not None and here[person] + elsewhere[person] > most:
            faults[f"team-{n}-share"] = [
                f"{row.name}在各揭榜书中投入工时合计 {here[person] + elsewhere[person]}%，"
                f"超过本批次上限 {most.normalize():f}%"
            ]
    return faults


def _person(proposal: Proposal, row: TeamRow) -> tuple[str, str]:
    return row.name.strip(), row.unit.strip() or proposal.lead.name


def _shares_elsewhere(proposal: Proposal, rows: Iterable[TeamRow]) -> Counter[tuple[str, str]]:
    """Return what the same people promised in other running solutions of the same units."""
    names = {row.name.strip() for row in rows}
    units = {proposal.lead_id, *(party.unit_id for party in proposal.parties.all())}
    others = (
        TeamRow.objects.filter(
            name__in=names,
            proposal__state__in=RUNNING,
            proposal__in=Party.objects.filter(unit__in=units).values("proposal"),
        )
        .exclude(proposal=proposal)
        .select_related("proposal__lead")
    )
    found: Counter[tuple[str, str]] = Counter()
    for row in others:
        found[_person(row.proposal, row)] += row.share or 0
    return found


def _schedule(proposal: Proposal, *, wanted: bool) -> Faults:
    rows = list(proposal.schedule_rows.all())
    if not rows:
        if wanted:
            return {"schedule_rows": ["请分阶段填写进度安排"]}
        return {} if proposal.schedule else {"schedule": ["请写明进度安排，或分阶段填写"]}
    faults: Faults = {}
    for n, row in enumerate(rows):
        for column, label in (("stage", "阶段"), ("months", "历时"), ("goal", "阶段目标")):
            if not getattr(row, column):
                faults[f"schedule-{n}-{column}"] = [f"请填写第 {n + 1} 阶段的{label}"]
    months = sum(row.months or 0 for row in rows)
    if proposal.term_months and months > proposal.term_months:
        sentence = f"各阶段合计 {months} 个月，超过完成期限 {proposal.term_months} 个月"
        faults[f"schedule-{len(rows) - 1}-months"] = [sentence]
    return faults


def _units(proposal: Proposal, rules: dict[str, Decimal]) -> Faults:
    parties = list(proposal.parties.select_related("unit"))
    partners = [party for party in parties if not party.leads]
    faults: Faults = {}
    if rules.get(RuleCode.REQUIRE_HOST_UNIT) and not proposal.lead.in_city:
        host = proposal.host_unit
        if host is None or not host.in_city:
            faults["host_unit"] = ["牵头单位不在本市，本批次要求选择一家本市依托单位"]
    least = int(rules.get(RuleCode.MIN_UNITS, 1))
    most = rules.get(RuleCode.MAX_PARTNERS)
    if 1 + len(partners) < least:
        sentence = f"本批次要求联合体不少于 {least} 家单位，现有 {1 + len(partners)} 家"
        faults["parties"] = [sentence]
    elif most is not None and len(partners) > most:
        faults["parties"] = [f"本批次参与单位最多 {most.normalize():f} 家，现有 {len(partners)} 家"]
    return faults | _shares(proposal, parties) if partners else faults


def _shares(proposal: Proposal, parties: list[Party]) -> Faults:
    faults: Faults = {}
    for party in parties:
        if not party.task:
            faults[f"party-{party.pk}-task"] = [f"请写明{party.unit.name}承担的任务"]
        if party.grant_share is None:
            faults[f"party-{party.pk}-grant_share"] = [f"请填写{party.unit.name}的资金分配比例"]
    shared = sum((party.grant_share or Decimal(0) for party in parties), Decimal(0))
    last = parties[-1].pk
    if shared != 100 and f"party-{last}-grant_share" not in faults:
        sentence = f"各成员资金分配比例合计 {shared.normalize():f}%，应为 100%"
        faults[f"party-{last}-grant_share"] = [sentence]
    own = sum((party.money_in or Decimal(0) for party in parties), Decimal(0))
    if own != (proposal.self_raised or Decimal(0)):
        faults[f"party-{last}-money_in"] = [
            f"各成员投入资金合计 {in_wan(own)}，与自筹资金 "
            f"{in_wan(proposal.self_raised or Decimal(0))} 不一致"
        ]
    return faults | _unconfirmed(proposal, parties)


def signed(proposal: Proposal, party: Party) -> bool:
    """Say whether the party's signature is of the content as it stands now."""
    if party.confirmed_at is None:
        return False
    if proposal.state not in EDITABLE:
        return True
    return party.confirmed_digest == snapshots.digest(snapshots.take(proposal))


def _unconfirmed(proposal: Proposal, parties: list[Party]) -> Faults:
    now = snapshots.digest(snapshots.take(proposal))
    faults: Faults = {}
    for party in parties:
        if party.leads or (party.confirmed_at and party.confirmed_digest == now):
            continue
        why = "内容已修改，原确认失效，须重新签署确认" if party.signatory else "尚未签署确认"
        faults[f"confirmation-{party.pk}"] = [f"{party.unit.name}{why}"]
    return faults
