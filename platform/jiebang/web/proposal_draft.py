"""A solution while it is written: its form and its tables, saved and refused as one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse

from jiebang.accounts.models import User
from jiebang.common.errors import DomainError, Invalid
from jiebang.library.snapshots import Change
from jiebang.proposals import checks, services, snapshots
from jiebang.proposals.models import IndicatorResponse, Proposal
from jiebang.web.forms import apply_errors
from jiebang.web.proposal_forms import ProposalForm
from jiebang.web.proposal_rows import tables_of

# Where a sentence about a whole table, or about what stands on the consortium's page, leads.
WHOLE = {"budget": "budget", "team_rows": "team", "schedule_rows": "schedule", "files": "files"}
OF_THE_CONSORTIUM = ("part", "confirmation-")


class Draft:
    """The form and the tables of one solution, empty, as saved, or as posted."""

    def __init__(self, proposal: Proposal, data: Mapping[str, Any] | None = None) -> None:
        self.proposal = proposal
        self.form = ProposalForm(data, proposal=proposal)
        self.tables = tables_of(proposal, data)

    def is_valid(self) -> bool:
        """Say whether all of it can be read; all are asked, so that all say what is wrong."""
        sent = [table for table in self.tables.values() if table.is_bound]
        return all([self.form.is_valid(), *(table.is_valid() for table in sent)])

    def errors(self) -> dict[str, list[str]]:
        """Return what cannot be read, by the name of the field on the page."""
        found = {name: list(map(str, said)) for name, said in self.form.errors.items()}
        for table in self.tables.values():
            for row in table.forms if table.is_bound else ():
                found |= {row.add_prefix(n): list(map(str, t)) for n, t in row.errors.items()}
        return found

    def save(self, actor: User) -> Proposal:
        """Keep it."""
        return services.save(
            proposal=self.proposal,
            actor=actor,
            data=self.form.content(),
            responses=self.form.responses(),
            tables={name: table.rows() for name, table in self.tables.items() if table.is_bound},
            revision=self.form.cleaned_data["revision"],
        )

    def refuse(self, refusal: DomainError) -> None:
        """Put a refusal's sentences at the fields and cells that they are about."""
        refusal.fields = {self.on_page(name): texts for name, texts in refusal.fields.items()}
        apply_errors(self.form, refusal, *self.tables.values())

    def show_missing(self) -> None:
        """Put what keeps the solution from being submitted at the fields, as if posted."""
        faults = checks.missing(self.proposal)
        if not faults:
            return
        for part in (self.form, *(row for table in self.tables.values() for row in table.forms)):
            part.full_clean()
            part.cleaned_data = {}
        sentence = f"还有 {len(faults)} 处需要补齐，已在下方标出，补齐后即可提交"
        apply_errors(self.form, Invalid(sentence, fields=faults), *self.tables.values())

    def on_page(self, name: str) -> str:
        """Return a cell's name as the page has it, where the service left out blank rows."""
        table = self.tables.get(name.partition("-")[0])
        return table.on_page(name) if table is not None else name

    def sections(self) -> Iterator[tuple[str, str, list[Any], Any]]:
        """Return the fields in their groups, each with the table that ends it, if any."""
        for title, anchor, fields in self.form.sections():
            yield title, anchor, fields, self.tables.get(anchor)

    def missing(self) -> list[tuple[str, str]]:
        """Return what is missing, each with the address to go to for it."""
        found = checks.missing(self.proposal)
        return [(self._place(name), text) for name, texts in found.items() for text in texts]

    def weak(self) -> list[tuple[str, str]]:
        """Return which promises are below what is asked."""
        return [
            (
                f"#id_response-{row.indicator_id}",
                f"“{row.indicator.name}”承诺 {row.promised}，低于要求",
            )
            for row in self.proposal.responses.select_related("indicator")
            if row.is_enough is False
        ]

    def differences(self) -> Sequence[Change]:
        """Return where what is typed differs from what a colleague has saved meanwhile."""
        before = snapshots.take(self.proposal)
        typed = Proposal(**self.form.content())
        after = {**before, **{n: snapshots.plain(getattr(typed, n)) for n in self.form.content()}}
        for name, table in self.tables.items():
            if table.is_bound:
                after[snapshots.TABLES[name].related] = [
                    {
                        column: snapshots.plain(row.get(column))
                        for column in snapshots.TABLES[name].columns
                    }
                    for row in table.rows()
                ]
        answers, promises = self.form.responses(), []
        for indicator in self.form.asked:
            made = IndicatorResponse(indicator=indicator, **answers[indicator.pk])
            promises.append(
                {"indicator": indicator.name, "promised": made.promised, "method": made.method}
            )
        after["responses"] = promises
        return snapshots.differences(before, after)

    def _place(self, name: str) -> str:
        if name.startswith(OF_THE_CONSORTIUM) and name != "partners":
            page = reverse("web:proposal-consortium", args=[self.proposal.pk])
            return f"{page}#{name}"
        return f"#{WHOLE[name]}" if name in WHOLE else f"#id_{self.on_page(name)}"
