"""A solution with its rows, the units behind it, its receipts, and permissions to be late."""

from jiebang.proposals.models.parties import Comment as Comment
from jiebang.proposals.models.parties import PartnerInvitation as PartnerInvitation
from jiebang.proposals.models.parties import Party as Party
from jiebang.proposals.models.receipts import LatePermission as LatePermission
from jiebang.proposals.models.receipts import Receipt as Receipt
from jiebang.proposals.models.rows import BudgetRow as BudgetRow
from jiebang.proposals.models.rows import ScheduleRow as ScheduleRow
from jiebang.proposals.models.rows import TeamRow as TeamRow
from jiebang.proposals.models.solution import IndicatorResponse as IndicatorResponse
from jiebang.proposals.models.solution import Proposal as Proposal
