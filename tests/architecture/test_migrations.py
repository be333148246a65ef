"""Models and migrations agree."""

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader


@pytest.fixture(autouse=True)
def _with_migrations(settings):
    """Let the migrations be seen, though the suite's tables are made without them."""
    settings.MIGRATION_MODULES = {}


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)
    assert capsys.readouterr().out == "No changes detected\n"


def test_a_new_database_goes_the_short_way():
    loader = MigrationLoader(None)
    replaced = {old for new in loader.replacements.values() for old in new.replaces}
    assert len(replaced) == 39
    assert replaced & set(loader.graph.nodes) == set()
