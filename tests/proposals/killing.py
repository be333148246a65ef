"""What the test of kill -9 asks of the database, in a process of its own: `prepare`, `check`."""

import base64
import hashlib
import io
import json
import os
import sys

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

COUNT = 100


def prepare():
    """Make complete drafts of a hundred units and one person who writes for them all."""
    from knox.models import AuthToken  # noqa: PLC0415 -- needs the settings
    from pypdf import PdfWriter  # noqa: PLC0415

    from jiebang.organizations.models import Membership  # noqa: PLC0415
    from tests.factories import (  # noqa: PLC0415
        make_challenge,
        make_proposal,
        make_university,
        make_user,
    )

    # The tables as the models are now: what a migration did long ago is no part of this.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    challenge, writer = make_challenge(), make_user()
    keys = []
    for _ in range(COUNT):
        unit = make_university()
        Membership.objects.create(organization=unit, user=writer, role="administrator")
        keys.append(make_proposal(challenge=challenge, lead=unit, author=writer).pk)
    _, token = AuthToken.objects.create(writer)
    writer, paper = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(paper)
    return {"token": token, "bids": keys, "paper": base64.b64encode(paper.getvalue()).decode()}


def check():
    """Say of every solution what stands there, and whether it is whole."""
    from jiebang.audit.models import Entry  # noqa: PLC0415
    from jiebang.files import store  # noqa: PLC0415
    from jiebang.ledger import queries as ledger  # noqa: PLC0415
    from jiebang.proposals import snapshots  # noqa: PLC0415
    from jiebang.proposals.models import Proposal  # noqa: PLC0415

    def whole(receipt):
        kept = [store.path_of(row["sha256"]) for row in receipt.content["files"]]
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in kept]
        there = [row["sha256"] for row in receipt.content["files"]]
        return snapshots.digest(receipt.content) == receipt.digest and hashes == there

    found = {}
    for bid in Proposal.objects.prefetch_related("receipts"):
        entries = Entry.objects.filter(
            thing_type="proposals.proposal", thing_id=bid.pk, action="submit"
        ).count()
        receipts = [
            (receipt.number, receipt.digest, [row["sha256"] for row in receipt.content["files"]])
            for receipt in bid.receipts.all()
            if whole(receipt)
        ]
        found[bid.pk] = [bid.state, bid.version, entries, receipts]
    return {"bids": found, "broken": len(list(ledger.check_all()))}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiebang.settings.embedded")
    django.setup()
    print(json.dumps({"prepare": prepare, "check": check}[sys.argv[1]]()))
