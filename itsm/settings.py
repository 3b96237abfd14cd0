"""Composition root: which parts make the product, and what the environment says about them."""

import sys

import dj_database_url
import dj_email_url
import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from itsm import environment
from itsm.core.secrecy import mask_tokens
from itsm.environment import ROOT

try:
    ENVIRONMENT = environment.complete(environment.read())
except environment.Nonsense as nonsense:
    sys.exit(str(nonsense))

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
SITE_URL = ENVIRONMENT.site_url
STATE_DIR = ENVIRONMENT.state_dir
COMPANY_TIME_ZONE = ENVIRONMENT.company_time_zone

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "rules",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django_filters",
    "django_prometheus",
    "django_structlog",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "itsm.core",
    "itsm.calendars",
    "itsm.people",
    "itsm.documents",
    "itsm.notices",
    "itsm.links",
    "itsm.portal",
    "itsm.demo",
    "itsm.operations",
    "catalog",
    "sla",
    "changes",
    "incidents",
    "reports",
    "audits",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "itsm.health.HealthMiddleware",
    "itsm.proxies.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "itsm.people.middleware.ReaderMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "itsm.people.middleware.StaffOnlyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "itsm.core.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "itsm.urls"
WSGI_APPLICATION = "itsm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "itsm.core.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "itsm.core.widgets.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the database holds everything that must not be lost: records, sessions, locks after failed sign-ins, cache
DATABASES = {"default": dj_database_url.parse(ENVIRONMENT.database_url, conn_max_age=ENVIRONMENT.connection_age, conn_health_checks=True)}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- who may enter
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "itsm.people.backends.SignInBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "itsm.signin.ClosedAdapter"
SOCIALACCOUNT_ADAPTER = "itsm.signin.ClosedSocialAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}  # an e-mail address works too, where it is unmistakable: itsm.people.backends
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_UNIQUE_EMAIL = False  # shared mailboxes are real
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are entered by the company, not by themselves
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.partition(":")[0]
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": None}  # an office has one address; axes locks the pair
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "ITSM"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "itsm.signin.attempted_username"
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False

# --- the browser
ALLOWED_HOSTS = [ENVIRONMENT.site_host, *([] if ENVIRONMENT.is_public else ["localhost", "127.0.0.1", "[::1]"])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
IS_SECURE = SITE_URL.startswith("https:")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE and TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_NAME = f"itsm_{ENVIRONMENT.port}" if not ENVIRONMENT.is_public else "itsm"  # cookies ignore ports
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- words and times
LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- files
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = ROOT / "staticfiles"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
_STATIC = "itsm.static.Storage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": STATE_DIR / "attachments"}},
    "staticfiles": {"BACKEND": _PLAIN if ENVIRONMENT.plain_static else _STATIC},
}

# --- mail: without a server, mail waits and the product says so
MAIL_CONFIGURED = ENVIRONMENT.email_url is not None
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
if MAIL_CONFIGURED:
    vars().update({name: value for name, value in dj_email_url.parse(ENVIRONMENT.email_url).items() if name.startswith("EMAIL_")})

# --- programs that call us
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["itsm.people.doors.IsInternal"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "itsm.core.api.StorableJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "itsm.core.api.OldestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "itsm.core.api.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ITSM API",
    "DESCRIPTION": "The same services, permissions and refusals as the pages. Sign in with `Authorization: Token …`.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ChangeStatusEnum": "changes.models.Status",
        "LevelEnum": "incidents.models.incident.Level",
        "CriticalityEnum": "catalog.models.Criticality",
        "ServiceKindEnum": "catalog.models.Kind",
        "ItemStatusEnum": "catalog.models.ItemStatus",
        "RelationKindEnum": "catalog.models.RelationKind",
        "ClockStateEnum": "sla.models.ClockState",
        "CorrectionStateEnum": "sla.models.CorrectionState",
        "CorrectionKindEnum": "sla.models.CorrectionKind",
        "PauseReasonEnum": "sla.models.PAUSE_REASONS",
        "ChangeKindEnum": "changes.models.Kind",
        "ChangeRiskEnum": "changes.models.Risk",
        "ChangeResultEnum": "changes.models.Result",
        "RoundKindEnum": "changes.models.RoundKind",
        "RoundOutcomeEnum": "changes.models.Outcome",
        "OutcomeEnum": "sla.models.Outcome",
        "StepResultEnum": "changes.models.RunResult",
        "ChangeCategoryEnum": "changes.models.Category",
        "FindingStatusEnum": "audits.models.FindingStatus",
        "ActionStatusEnum": "audits.models.ActionStatus",
        "GradeEnum": "audits.models.Grade",
        "AuditStatusEnum": "audits.models.AuditStatus",
        "AuditMethodEnum": "audits.models.AuditMethod",
        "ProgrammeStatusEnum": "audits.models.ProgrammeStatus",
        "DueEnum": "audits.models.Due",
        "CauseMethodEnum": "audits.models.CauseMethod",
        "PaperOutcomeEnum": "audits.models.Outcome",
        "PaperResultEnum": "audits.models.ItemResult",
        "ReviewStatusEnum": "audits.models.ReviewStatus",
        "ReviewActionStatusEnum": "audits.models.ReviewActionStatus",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- what runs by the clock (schedules: itsm/celery.py)
CELERY_BROKER_URL = ENVIRONMENT.redis_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_LOST_WAIT = 0.1  # seconds; every task may run twice, so nothing speaks for waiting longer
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = COMPANY_TIME_ZONE

# --- history, metrics, logs
PGHISTORY_APPEND_ONLY = True
PROMETHEUS_EXPORT_MIGRATIONS = False
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask_tokens,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level},
    "loggers": {"django": {"handlers": [], "level": ENVIRONMENT.log_level, "propagate": True}},
}
