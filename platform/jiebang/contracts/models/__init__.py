"""Contracts with everything under them: milestones, reports, money, requests, races."""

from jiebang.contracts.models.changes import ChangeRequest
from jiebang.contracts.models.contract import Contract, ContractVersion, Signature
from jiebang.contracts.models.money import Payment, Settlement
from jiebang.contracts.models.progress import (
    BudgetLine,
    Measurement,
    Milestone,
    MilestoneReport,
    Spending,
    StageOpinion,
)
from jiebang.contracts.models.races import LANES, Checkpoint, Race, Standing

__all__ = [
    "LANES",
    "BudgetLine",
    "ChangeRequest",
    "Checkpoint",
    "Contract",
    "ContractVersion",
    "Measurement",
    "Milestone",
    "MilestoneReport",
    "Payment",
    "Race",
    "Settlement",
    "Signature",
    "Spending",
    "StageOpinion",
    "Standing",
]
