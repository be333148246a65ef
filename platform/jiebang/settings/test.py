"""The test suite: fast hashes, no broker, a folder of its own; DATABASE_URL says which database."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Every worker of a parallel run has a folder of its own, inside that of the run, which clears
# all of them away; programs that a test starts share the folder of their test.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if os.environ.get("JIEBANG_VAR_OF") != _worker:
    _folder = os.environ["JIEBANG_VAR"] if _worker else None
    os.environ["JIEBANG_VAR"] = tempfile.mkdtemp(prefix="jiebang-test-", dir=_folder)
    os.environ["JIEBANG_VAR_OF"] = _worker
    atexit.register(shutil.rmtree, os.environ["JIEBANG_VAR"], ignore_errors=True)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{os.environ['JIEBANG_VAR']}/test.sqlite3")

from jiebang.settings.base import *  # noqa: E402

SECRET_KEY = "for tests only, and therefore long enough to be used as one"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The checkout's own vendor folder, so that browser tests have styles.
_vendor = CHECKOUT_DIR / "var" / "vendor"
STATICFILES_DIRS = [TEMPLATE_DIR / "static", *([("vendor", _vendor)] if _vendor.is_dir() else [])]
FONTS_DIR = CHECKOUT_DIR / "var" / "fonts"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MATCH_INDEX_DIR = Path(os.environ["JIEBANG_VAR"]) / "index"
MATCH_INDEX_DIR.mkdir(parents=True, exist_ok=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A real file, so that threads and worker processes meet as they do in use; losing it is fine.
    DATABASES["default"]["TEST"] = {"NAME": f"{os.environ['JIEBANG_VAR']}/suite.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
    )
