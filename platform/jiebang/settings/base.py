"""What every environment shares. Where things run is said by the environment, not by code."""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

PACKAGE_DIR = Path(__file__).resolve().parents[1]
CHECKOUT_DIR = PACKAGE_DIR.parents[1]
# In a checkout the templates lie at the root; a wheel carries them inside the package.
TEMPLATE_DIR = CHECKOUT_DIR / "frontend_templates"
IN_CHECKOUT = TEMPLATE_DIR.is_dir()
if not IN_CHECKOUT:
    TEMPLATE_DIR = PACKAGE_DIR / "_frontend_templates"

# Everything that running leaves behind: database, broker folder, index, uploads, logs.
_HERE = CHECKOUT_DIR if IN_CHECKOUT else Path.cwd()
VAR_DIR = Path(os.environ.get("JIEBANG_VAR") or _HERE / "var")

SECRET_KEY = os.environ.get("JIEBANG_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS: list[str] = []
DEMO_MODE = False  # lists the demo accounts on the sign-in page

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "jiebang.accounts",
    "jiebang.ledger",
    "jiebang.audit",
    "jiebang.jobs",
    "jiebang.taxonomy",
    "jiebang.calendars",
    "jiebang.notifications",
    "jiebang.organizations",
    "jiebang.approvals",
    "jiebang.integrity",
    "jiebang.files",
    "jiebang.achievements",
    "jiebang.library",
    "jiebang.challenges",
    "jiebang.proposals",
    "jiebang.openings",
    "jiebang.experts",
    "jiebang.awards",
    "jiebang.commissions",
    "jiebang.contracts",
    "jiebang.documents",
    "jiebang.acceptance",
    "jiebang.lexicons",
    "jiebang.recommendations",
    "jiebang.reminders",
    "jiebang.imports",
    "jiebang.stats",
    "jiebang.ocds",
    "jiebang.demo",
    "jiebang.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jiebang.web.errors.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "jiebang.urls"
WSGI_APPLICATION = "jiebang.wsgi.application"
ASGI_APPLICATION = "jiebang.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATE_DIR],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jiebang.web.context.frame",
            ]
        },
    }
]
FORM_RENDERER = "jiebang.web.forms.Renderer"

# SQLite unless DATABASE_URL says otherwise. IMMEDIATE takes the write lock when a transaction
# begins, so two writers queue instead of failing with "database is locked" half-way.
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{VAR_DIR}/jiebang.sqlite3", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "jiebang.accounts.backends.NameOrEmailBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
CSRF_FAILURE_VIEW = "jiebang.web.errors.csrf_failure"
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:desk"
LOGOUT_REDIRECT_URL = "web:board"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True

# Lock-out: one identity per account, whichever name was typed.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCK_OUT_AT_FAILURE = True
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "jiebang.accounts.lockout.identity"
AXES_LOCKOUT_CALLABLE = "jiebang.web.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# W006 asks for the address too; one account is one lock here, wherever the tries come from.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# Language, time, money
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "jiebang.common.formats"

# Static files: ours, and what `make` installs from the registry into var/vendor.
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
VENDOR_DIR = VAR_DIR / "vendor"
STATICFILES_DIRS = [
    TEMPLATE_DIR / "static",
    *([("vendor", VENDOR_DIR)] if VENDOR_DIR.is_dir() else []),
]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR_DIR / "media"

# The Chinese fonts that PDF papers embed; `make` puts them there.
FONTS_DIR = Path(os.environ.get("JIEBANG_FONTS") or VAR_DIR / "fonts")

# Files that people hand in: never served by their path. The scanner is clamd at a socket's path
# or `host:port`; where nothing is named, the usual socket is taken if it is there.
FILES_DIR = VAR_DIR / "files"
FILE_BYTES_MOST = 50 * 2**20
CLAMD = os.environ.get("JIEBANG_CLAMD", "")
CLAMD_SECONDS = 20.0

# The class that puts electronic seals on contracts, if there is one.
SEALER = os.environ.get("JIEBANG_SEALER", "")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Mail: a folder until a server is named.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
# Where the links of e-mails lead, and from which hour of the day on digests go out.
SITE_URL = os.environ.get("JIEBANG_SITE_URL") or f"http://127.0.0.1:{os.environ.get('PORT', 8000)}"
NOTIFICATION_DIGEST_HOUR = 8
# How many days before a due date people are reminded.
REMINDER_DAYS = (7, 3, 1, 0)
# How many rows of a list one Excel file may hold.
EXPORT_ROWS_MOST = 20_000
DEFAULT_FROM_EMAIL = os.environ.get("JIEBANG_MAIL_FROM", "jiebang@localhost")

# API
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "api.errors.answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Pages",
    "PAGE_SIZE": 20,
    "DEFAULT_THROTTLE_RATES": {"sign-in": "20/min"},
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "揭榜挂帅平台接口",
    "DESCRIPTION": "与网页相同的服务，另一扇门。错误一律为 application/problem+json，带 code。",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",  # 3.0 cannot say of a part that it may be null
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Every choice under a name of its own in the document.
    "ENUM_NAME_OVERRIDES": {
        "AcceptanceAction": "jiebang.acceptance.states.Action",
        "AcceptanceConclusion": "jiebang.acceptance.states.Conclusion",
        "AcceptancePaper": "jiebang.acceptance.states.Paper",
        "AcceptanceState": "jiebang.acceptance.states.State",
        "AssessmentAction": "jiebang.acceptance.states.AssessmentAction",
        "AssessmentState": "jiebang.acceptance.states.AssessmentState",
        "IntegrityProposal": "jiebang.acceptance.states.Integrity",
        "PosterSatisfaction": "jiebang.acceptance.states.Satisfaction",
        "TrackKind": "jiebang.acceptance.states.TrackKind",
        "AchievementForm": "jiebang.achievements.models.Achievement.Form",
        "ChallengeAction": "jiebang.challenges.states.Action",
        "ChallengeState": "jiebang.challenges.states.State",
        "ChainStage": "jiebang.taxonomy.models.ChainNode.Stage",
        "ContactWay": "jiebang.challenges.states.ContactWay",
        "ContractRequestKind": "jiebang.contracts.states.RequestKind",
        "InquiryKind": "jiebang.awards.states.InquiryKind",
        "StageAdvice": "jiebang.contracts.states.Advice",
        "ContractAction": "jiebang.contracts.states.Action",
        "ContractState": "jiebang.contracts.states.State",
        "DecisionAction": "jiebang.awards.states.DecisionAction",
        "DecisionState": "jiebang.awards.states.DecisionState",
        "ObjectionAction": "jiebang.awards.states.ObjectionAction",
        "ObjectionState": "jiebang.awards.states.ObjectionState",
        "ReviewAdvice": "jiebang.awards.states.Advice",
        "ReviewMethod": "jiebang.awards.states.Method",
        "ReviewMode": "jiebang.awards.states.ReviewMode",
        "CommissionAction": "jiebang.commissions.states.Action",
        "CommissionCause": "jiebang.commissions.states.Cause",
        "CommissionKind": "jiebang.commissions.states.Kind",
        "CommissionStance": "jiebang.commissions.states.Stance",
        "CommissionState": "jiebang.commissions.states.State",
        "DistrictKind": "jiebang.taxonomy.models.District.Kind",
        "InvitationState": "jiebang.organizations.models.Invitation.State",
        "ScanState": "jiebang.files.states.Scan",
        "ExpertAvailability": "jiebang.experts.states.Availability",
        "ExpertTieKind": "jiebang.experts.states.TieKind",
        "SeatAction": "jiebang.experts.states.SeatAction",
        "SeatOrigin": "jiebang.experts.states.SeatOrigin",
        "SeatState": "jiebang.experts.states.SeatState",
        "WaiverAction": "jiebang.experts.states.WaiverAction",
        "WaiverState": "jiebang.experts.states.WaiverState",
        "IpOwnership": "jiebang.library.states.Ownership",
        "JobState": "jiebang.jobs.models.Job.State",
        "LedgerKind": "jiebang.ledger.states.Kind",
        "LexiconKind": "jiebang.lexicons.states.Kind",
        "MatchKind": "jiebang.recommendations.models.Kind",
        "MemberRole": "jiebang.organizations.states.MemberRole",
        "MilestoneAction": "jiebang.contracts.states.MilestoneAction",
        "MilestoneState": "jiebang.contracts.states.MilestoneState",
        "SuggestionPace": "jiebang.notifications.states.Pace",
        "EmailTiming": "jiebang.notifications.states.Timing",
        "NotificationKind": "jiebang.notifications.states.Kind",
        "NeedAction": "jiebang.library.states.Action",
        "NeedState": "jiebang.library.states.State",
        "OrganizationAction": "jiebang.organizations.states.Action",
        "OrganizationKind": "jiebang.organizations.states.Kind",
        "OrganizationState": "jiebang.organizations.states.State",
        "PlatformRole": "jiebang.accounts.models.PlatformRole",
        "OpeningAction": "jiebang.openings.states.Action",
        "OpeningState": "jiebang.openings.states.State",
        "ProposalAction": "jiebang.proposals.states.Action",
        "ProposalState": "jiebang.proposals.states.State",
        "BudgetItem": "jiebang.proposals.states.BudgetItem",
        "LateAction": "jiebang.proposals.states.LateAction",
        "LateState": "jiebang.proposals.states.LateState",
        "PartnerInvitationState": "jiebang.proposals.states.InvitationState",
        "PartnerRight": "jiebang.proposals.states.Right",
        "RelationDeclared": "jiebang.proposals.states.Relation",
        "Qualification": "jiebang.organizations.states.QualificationKind",
        "RuleCode": "jiebang.library.states.RuleCode",
        "Side": "jiebang.contracts.states.Side",
        "Stage": "jiebang.stats.stages.Stage",
        "WindowKind": "jiebang.library.states.WindowKind",
    },
}

# Background work. By default the broker is a folder: no port, no extra process. It may lose a
# message; the job ledger (jiebang.jobs) does not lose the job.
CELERY_BROKER_URL = os.environ.get("JIEBANG_BROKER_URL", "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem:"):
    _spool = VAR_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_spool / "queue"),
        "data_folder_out": str(_spool / "queue"),
        "control_folder": str(_spool / "control"),
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "jobs-sweep": {"task": "jobs.sweep", "schedule": 5.0},
    "jobs-prune": {"task": "jobs.prune", "schedule": 86400.0},
    "challenges-clock": {"task": "challenges.settle_due", "schedule": 5.0},
    "library-lapse": {"task": "library.lapse_due", "schedule": 3600.0},
    "notifications-mail": {"task": "notifications.mail_due", "schedule": 60.0},
    "reminders-suggest": {"task": "reminders.suggest", "schedule": 900.0},
    "reminders": {"task": "web.remind", "schedule": 3600.0},
    "awards-conclude": {"task": "awards.conclude_due", "schedule": 300.0},
    "commissions-conclude": {"task": "commissions.conclude_due", "schedule": 300.0},
    "acceptance-clock": {"task": "acceptance.settle_due", "schedule": 300.0},
    "experts-lapse": {"task": "experts.lapse_due", "schedule": 60.0},
    "files-orphans": {"task": "files.forget_orphans", "schedule": 86400.0},
    "recommendations-nightly": {"task": "recommendations.refresh_all", "schedule": 86400.0},
}

# The job ledger: seconds a claim holds without a heartbeat; tries before giving up.
JOB_LEASE_SECONDS = 15
JOB_MAX_ATTEMPTS = 5
JOB_KEPT_DAYS = 90  # after they ended

# Who publishes open contracting data. The prefix is given out by the standard's registry.
OCID_PREFIX = os.environ.get("JIEBANG_OCID_PREFIX", "ocds-000000")
BUREAU_NAME = os.environ.get("JIEBANG_BUREAU_NAME", "东莞市科学技术局")
BUREAU_KEY = "CN-GOV-bureau"
# After so many months an item of a unit's track record weighs half.
TRACK_RECORD_HALF_LIFE_MONTHS = 24

MATCH_INDEX_DIR = VAR_DIR / "index"
MATCH_SHARD_ROWS = 200  # rows that one job cuts or asks for when everything is matched anew
MATCH_FIT_PAIRS = 20  # judged pairs at least, before anything is learned from them

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"jiebang": {"level": "INFO"}},
}
