"""Models and migrations agree."""

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


def test_a_new_database_goes_the_short_way():
    loader = MigrationLoader(None)
    replaced = {old for new in loader.replacements.values() for old in new.replaces}
    assert replaced & set(loader.graph.nodes) == set()
    assert len(replaced) == 39
