"""The only settings file: what the environment says (ROSTER_*, DATABASE_URL), the rest fixed.

`production` differs from `local` in one way: nothing is made up for it, and nothing is lax.
"""

from __future__ import annotations

import importlib.util
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from config import environment

BASE_DIR = Path(__file__).resolve().parent.parent

ROSTER_ENV = environment.choice(os.environ, "ROSTER_ENV", ("local", "production"))
ROSTER_EVIDENCE = environment.choice(os.environ, "ROSTER_EVIDENCE", ("warn", "require"))
ROSTER_HOME = environment.private_folder(os.environ, "ROSTER_HOME", BASE_DIR / "var")
ROSTER_PROXIES = environment.count(os.environ, "ROSTER_PROXIES")
ROSTER_WORKERS = environment.choice(os.environ, "ROSTER_WORKERS", ("0", "1")) == "1"
ROSTER_BACKGROUND_BYTES = environment.count(
    os.environ, "ROSTER_BACKGROUND_BYTES", default=2_000_000
)
ROSTER_MAX_FILE_BYTES = environment.count(
    os.environ, "ROSTER_MAX_FILE_BYTES", default=512 * 1024 * 1024, least=1
)
ROSTER_MAX_ROWS = environment.count(os.environ, "ROSTER_MAX_ROWS", default=5_000_000, least=1)
ROSTER_MAX_COLUMNS = environment.count(os.environ, "ROSTER_MAX_COLUMNS", default=200, least=1)
ROSTER_MAX_CELL_CHARACTERS = environment.count(
    os.environ, "ROSTER_MAX_CELL_CHARACTERS", default=100_000, least=1
)
PRODUCTION = ROSTER_ENV == "production"

if PRODUCTION:
    environment.refuse_open_folder("ROSTER_HOME", ROSTER_HOME)
    SECRET_KEY = environment.given_secret(os.environ, "ROSTER_SECRET_KEY", characters=50)
    ROSTER_LEDGER_KEY = environment.given_secret(os.environ, "ROSTER_LEDGER_KEY", characters=32)
    environment.refuse_shared_secret(
        ROSTER_SECRET_KEY=SECRET_KEY, ROSTER_LEDGER_KEY=ROSTER_LEDGER_KEY
    )
    ALLOWED_HOSTS = environment.allowed_hosts(os.environ, "ROSTER_ALLOWED_HOSTS")
else:
    SECRET_KEY = environment.kept_secret(
        os.environ, "ROSTER_SECRET_KEY", ROSTER_HOME / "secret-key"
    )
    ROSTER_LEDGER_KEY = environment.kept_secret(
        os.environ, "ROSTER_LEDGER_KEY", ROSTER_HOME / "ledger-key"
    )
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

DEBUG = False  # a traceback shows settings and rows: the log has it, the browser never

DATABASES: dict[str, dict[str, Any]] = {
    "default": environment.database(os.environ, "DATABASE_URL", ROSTER_HOME / "roster.sqlite3")
}
if ROSTER_WORKERS:
    environment.refuse_one_writer("ROSTER_WORKERS", DATABASES["default"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "roster",  # first: its commands and templates go before Django's own
    "django.contrib.admin.apps.SimpleAdminConfig",  # the site is ours: roster.admin.site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "import_export",
    "django_countries",
    "axes",
]
if ROSTER_WORKERS:  # its queue is a table
    INSTALLED_APPS.append("django_tasks_db")
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
if importlib.util.find_spec("django_linear_migrations"):  # installed for development only
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "roster.access.middleware.kept_nowhere",
    "roster.access.zones.in_the_viewers_zone",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "roster.access.middleware.alive_while_used",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it answers in place of a sign-in that was refused
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"labelled": "roster.admin.labelled"},
        },
    },
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it lets nobody in who is locked out
    "roster.admin.sign_in.SignInBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # stored anew at the next sign-in
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}", "OPTIONS": options}
    for validator, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]

# Per account and address: who guesses from elsewhere does not lock the owner out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "roster.access.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "roster.access.lockout.locked_out"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says how long: it stays true
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who read when from where is not recorded
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = ROSTER_HOME / "static" if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION  # no collectstatic before a first look
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = environment.made_private(ROSTER_HOME / "uploads", "ROSTER_HOME")
FILE_UPLOAD_TEMP_DIR = MEDIA_ROOT
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # a form without its files; long texts fit

# Any staff user may import and export unless these name the permission that it takes.
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True  # the ledger is the one record of change

SESSION_COOKIE_AGE = 30 * 60  # idle: roster.access.middleware saves a session that is used
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    # TLS ends at a proxy in front, which must set this header on every request itself.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SILENCED_SYSTEM_CHECKS = [
        "security.W005",  # HSTS for subdomains: other hosts of the domain are not ours to bind
        "security.W021",  # HSTS preload: a promise for the whole domain, its owner's to make
    ]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "waitress.queue": {"level": "ERROR"},  # a page's own files wait for one another
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
