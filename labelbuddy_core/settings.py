"""All settings of an installation, read once from the environment (prefix `LABELBUDDY_`).

`docs/settings.md` documents each of them; a test compares the two.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from labelbuddy_core.errors import Invalid

ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Values of one installation. Sizes are in bytes, durations in seconds."""

    model_config = SettingsConfigDict(env_prefix="LABELBUDDY_", frozen=True)

    data: Path = Field(default=ROOT / "data", description="Folder of database, audio, weights and logs.")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty means SQLite in the data folder.")
    database_password_file: str = Field(
        default="", description="File with the password for both database URLs, which then need not hold it."
    )
    storage_url: str = Field(
        default="", description="Where audio is kept: empty means the data folder, or s3://bucket/prefix."
    )
    jobs_url: str = Field(default="", description="Database of the job queue; empty means SQLite in the data folder.")
    public_url: str = Field(
        default="", description="Address under which people reach the app, behind a proxy for example; may have a path."
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Addresses or networks of proxies whose X-Forwarded headers count, comma-separated.",
    )
    certificate: str = Field(
        default="", description="PEM file of the certificate with its chain: the app then serves HTTPS itself."
    )
    certificate_key: str = Field(default="", description="PEM file of the private key of that certificate.")
    worker_name: str = Field(
        default="local", description="Stable name of this worker process; each worker needs its own."
    )
    session_hours: float = Field(default=12.0, description="A sign-in ends after this many hours without use.")
    lockout_attempts: int = Field(
        default=5, description="Failed sign-ins of one account before it is locked for a while."
    )
    lockout_address_attempts: int = Field(
        default=50, description="Failed sign-ins from one address before it is locked."
    )
    lockout_seconds: float = Field(default=300.0, description="How long an account or address stays locked.")
    claim_hours: float = Field(
        default=24.0, description="A claimed task returns to the pool after this time without a save."
    )
    review_claim_minutes: float = Field(
        default=30.0,
        gt=0,
        description="An annotation that a reviewer opened returns to the others after this time without work on it.",
    )
    max_upload_bytes: int = Field(default=2 * 1024**3, description="Largest accepted audio file.")
    max_archive_bytes: int = Field(default=64 * 1024**3, description="Largest accepted archive of audio files.")
    import_folders: str = Field(
        default="", description="Folders of the server that managers may import recordings from, comma-separated."
    )
    import_urls: str = Field(
        default="", description="Beginnings of http, https or s3 addresses to import from, comma-separated."
    )
    import_url_seconds: float = Field(
        default=60.0, description="An address that sends nothing for this long has failed."
    )
    watch_seconds: float = Field(
        default=30.0,
        gt=0,
        description="How often watched folders are looked at; younger files are still being written.",
    )
    max_json_bytes: int = Field(default=64 * 1024**2, description="Largest accepted JSON request.")
    quota_bytes: int = Field(default=0, description="Most audio a project may hold; 0 means no limit.")
    min_free_bytes: int = Field(
        default=512 * 1024**2, description="Uploads are refused when less disk than this would stay free."
    )
    warn_free_bytes: int = Field(
        default=5 * 1024**3, ge=0, description="Managers are warned when less disk than this is free."
    )
    decode_timeout: float = Field(default=1800.0, description="Most seconds one audio file may take to decode.")
    decode_memory_bytes: int = Field(
        default=2 * 1024**3, description="Address space of the process that decodes a file."
    )
    window_readers: int = Field(
        default=2, ge=1, description="Processes that read samples and spectrograms for the editor."
    )
    cache_bytes: int = Field(
        default=2 * 1024**3, description="Most disk that spectrograms and copies to read may take."
    )
    models: str = Field(default="", description="Folder of the bundled models' weights; empty means `.cache/models`.")
    docker_host: str = Field(default="", description="Docker engine for model containers; empty means the local one.")
    docker_certificates: str = Field(
        default="", description="Folder with ca.pem, cert.pem and key.pem for a Docker engine reached by TLS."
    )
    docker_ssh_config: str = Field(
        default="", description="Configuration of ssh (`ssh -F`) for a Docker engine at ssh://; empty: the account's."
    )
    model_start_seconds: float = Field(
        default=300.0, gt=0, description="Longest time a model may take to become ready."
    )
    model_data_bytes: int = Field(
        default=8 * 1024**3, description="Most that a model's container may keep in its `/data`; more stops it."
    )
    model_idle_seconds: float = Field(default=900.0, description="An unused model is stopped after this time.")
    kept_answers_days: float = Field(
        default=90.0, description="Answers of models are kept so long, in days, and not asked for again."
    )
    allowed_images: str = Field(
        default="*", description="Container images managers may use: comma-separated glob patterns."
    )
    allowed_endpoints: str = Field(
        default="", description="Hosts that remote models may use: comma-separated glob patterns."
    )
    endpoint_certificates: str = Field(
        default="",
        description="PEM file of authorities that sign remote models' certificates; empty: the system's.",
    )
    audio_url: str = Field(
        default="", description="Address under which Label Studio backends fetch audio from here; empty: they get data."
    )
    signing_key: str = Field(
        default="", description="Key that signs such addresses; empty means a random one in the data folder."
    )
    demo_password: str = Field(default="", description="Password of the demo accounts; empty means random and printed.")
    log_level: str = Field(default="INFO", description="Python logging level.")

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
            raise ValueError("LABELBUDDY_PUBLIC_URL must look like https://labels.example.org or https://host/path")
        return value.rstrip("/")

    @property
    def base_path(self) -> str:
        """The path of the public address: empty, or beginning with a slash and not ending with one."""
        return urlsplit(self.public_url).path

    @property
    def sqlalchemy_url(self) -> str:
        return self._with_password(self.database_url) or f"sqlite:///{self.data / 'labelbuddy.sqlite'}"

    @property
    def jobs_database_url(self) -> str:
        return self._with_password(self.jobs_url) or f"sqlite:///{self.data / 'jobs.sqlite'}"

    @property
    def models_folder(self) -> Path:
        """Folder with one folder of weights for each bundled model."""
        return Path(self.models) if self.models else ROOT / ".cache" / "models"

    @property
    def model_logs_folder(self) -> Path:
        """Folder with one bounded log for each model that ran."""
        return self.data / "model-logs"

    @property
    def cache_folder(self) -> Path:
        """Folder of files that can be made again."""
        return self.data / "cache"

    @property
    def incoming(self) -> Path:
        """Folder of uploads that are not complete yet; also TMPDIR of the server."""
        return self.data / "incoming"

    def _with_password(self, url: str) -> str:
        """Raises `Invalid` when the file cannot be read."""
        if not self.database_password_file or not url or url.startswith("sqlite"):
            return url
        try:
            password = Path(self.database_password_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Invalid(
                f"LABELBUDDY_DATABASE_PASSWORD_FILE: {self.database_password_file} cannot be read ({error.strerror})."
            ) from None
        from sqlalchemy import make_url  # the supervisor reads the settings too, and starts faster without it

        return make_url(url).set(password=password).render_as_string(hide_password=False)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process. Tests call `get_settings.cache_clear()` after changing the environment."""
    return Settings()
