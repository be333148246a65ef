"""A contract knows its commission by a relation and no longer by its number."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def link(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Relate each contract of a commission to it; the last part of the number is its key."""
    contracts = apps.get_model("contracts", "Contract").objects.exclude(commission_number="")
    known = set(apps.get_model("commissions", "Commission").objects.values_list("pk", flat=True))
    for contract in contracts:
        key = int(contract.commission_number.rpartition("-")[2])
        if key not in known:
            raise ValueError(
                f"合同 {contract.pk} 的定向委托 {contract.commission_number} 不在库中，请先核对"
            )
        contract.commission_id = key
        contract.save(update_fields=["commission"])


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0001_initial"),
        ("contracts", "0006_contract_life"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="commission",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contract",
                to="commissions.commission",
            ),
        ),
        migrations.RunPython(link, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="contract", name="contract_has_one_origin"),
        migrations.RemoveConstraint(model_name="contract", name="contract_once_a_commission"),
        migrations.RemoveField(model_name="contract", name="commissioned"),
        migrations.RemoveField(model_name="contract", name="commission_number"),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("award__isnull", False), ("commission", None)),
                    models.Q(("award", None), ("commission__isnull", False)),
                    _connector="OR",
                ),
                name="contract_has_one_origin",
            ),
        ),
    ]
