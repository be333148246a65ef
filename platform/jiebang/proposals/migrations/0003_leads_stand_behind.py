"""Every solution that exists gets its lead as the first unit behind it."""

from django.db import migrations


def seat_leads(apps, schema_editor):
    proposals = apps.get_model("proposals", "Proposal").objects.all()
    party = apps.get_model("proposals", "Party")
    party.objects.bulk_create(
        (
            party(
                proposal_id=row.pk, challenge_id=row.challenge_id, unit_id=row.lead_id,
                leads=True, exclusive=True, right="edit", joined_at=row.created_at,
                joined_by_id=row.author_id,
            )
            for row in proposals.iterator()
        ),
        batch_size=500,
    )  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [("proposals", "0002_consortia")]
    operations = [migrations.RunPython(seat_leads, migrations.RunPython.noop)]
