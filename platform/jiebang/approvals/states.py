"""The life of an objection, and how the states are called that every notice has."""

from django.db import models

from jiebang.common.workflow import Step, Workflow

NOTICE, FROZEN = "notice", "frozen"  # states
FREEZE, RESUME = "freeze", "resume"  # actions


class ObjectionState(models.TextChoices):
    """Where an objection can be."""

    RECEIVED = "received", "待答复"
    UPHELD = "upheld", "异议成立"
    REJECTED = "rejected", "异议不成立"


class ObjectionAction(models.TextChoices):
    """How an objection is answered."""

    UPHOLD = "uphold", "认定成立"
    REJECT = "reject", "认定不成立"


OBJECTION = Workflow(
    ObjectionState,
    ObjectionAction,
    [
        Step(
            ObjectionAction.UPHOLD, ObjectionState.RECEIVED, ObjectionState.UPHELD, needs_note=True
        ),
        Step(
            ObjectionAction.REJECT,
            ObjectionState.RECEIVED,
            ObjectionState.REJECTED,
            needs_note=True,
        ),
    ],
)
