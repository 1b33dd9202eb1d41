"""The environment, read once, into one frozen object."""

import difflib
import hashlib
import hmac
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.logs import hidden

PREFIX = "LETLOOSE_"
TELEGRAM = "https://api.telegram.org"
ROOT = re.compile(r"https?://[^/\s?#]+(/[^\s?#]*)?")
"""A web address under which others begin."""
TOKEN = re.compile(r"[1-9]\d{0,15}:[A-Za-z0-9_-]{3,64}")
DRIVERS = ("postgresql", "postgres", "postgresql+psycopg", "sqlite")
PASSWORD = re.compile(r"(?<=:)[^/@]*(?=@)|(?<=password=)[^&]*")


class WrongSetting(Exception):
    """A variable has a value that is not allowed; the message is one line that says which."""


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if not TOKEN.fullmatch(token):
        raise ValueError("a bot's token as BotFather gives it, 123456:ABC-DEF…")
    return SecretStr(token)


def _file(value: Path) -> Path:
    if not os.path.isfile(value):  # noqa: PTH113 - says no where Path.is_file() may raise
        raise ValueError("a file that holds the token")
    return value


def _address(value: str) -> str:
    if not ROOT.fullmatch(value):
        raise ValueError("the root of a Bot API server, such as https://api.telegram.org")
    return value.rstrip("/")


def _database(value: str) -> str:
    try:
        url = sa.make_url(value)
    except (sa.exc.ArgumentError, ValueError):
        url = sa.URL.create("none")
    in_memory = url.drivername == "sqlite" and url.database in (None, "", ":memory:")
    if url.drivername not in DRIVERS or in_memory:
        raise ValueError("postgresql://user@host/name, or sqlite:////path/to/a/file")
    return value


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("host:port, such as 127.0.0.1:8080")
    return value


def _metrics_listen(value: str) -> str:
    """A bare port is one of this machine alone: numbers about people are nobody else's."""
    return _listen(f"127.0.0.1:{value}" if ":" not in value else value)


def _public(value: str) -> str:
    if not ROOT.fullmatch(value):
        raise ValueError("where people reach LETLOOSE_LISTEN, such as https://bot.example.org")
    return value.rstrip("/")


def _webhook(value: str) -> str:
    if not re.fullmatch(r"https?://[^/\s?#]+(/[A-Za-z0-9_./-]*)?", value):
        raise ValueError("where Telegram reaches LETLOOSE_LISTEN, https://bot.example.org/telegram")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("1 to 256 of the characters A-Z, a-z, 0-9, _ and -")
    return value


def _directory(value: str | Path) -> Path:
    if not str(value).strip():
        raise ValueError("a directory, such as ./data")
    return Path(value).expanduser()


def _key_file(value: str | Path) -> Path:
    if not str(value).strip():
        raise ValueError("a file that `letloose key` made")
    return Path(value).expanduser()


class Settings(BaseSettings):
    """What an operator may set; each field is the variable LETLOOSE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    token: Annotated[SecretStr, AfterValidator(_token)] | None = Field(
        default=None, description="the bot's token; without one the playground starts"
    )
    token_file: Annotated[Path, AfterValidator(_file)] | None = Field(
        default=None, description="a file that holds the token"
    )
    api_url: Annotated[str, AfterValidator(_address)] = Field(
        default=TELEGRAM, description="the root of a Bot API server"
    )
    data_dir: Annotated[Path, BeforeValidator(_directory)] = Field(
        default=Path("data"), description="the directory of the database and the playground's files"
    )
    key_file: Annotated[Path, BeforeValidator(_key_file)] | None = Field(
        default=None, description="a file with the keys of what people write; plain without one"
    )
    database_url: Annotated[str, AfterValidator(_database)] | None = Field(
        default=None, description="postgresql://…; SQLite in the data directory without one"
    )
    listen: Annotated[str, AfterValidator(_listen)] | None = Field(
        default=None, description="host:port where health is told; off without one"
    )
    metrics_listen: Annotated[str, AfterValidator(_metrics_listen)] | None = Field(
        default=None, description="port or host:port of /metrics for Prometheus; off without one"
    )
    webhook_url: Annotated[str, AfterValidator(_webhook)] | None = Field(
        default=None,
        description="where Telegram reaches LETLOOSE_LISTEN; without one the bot polls",
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = Field(
        default=None, description="what Telegram shows at the webhook; made from the token if unset"
    )
    public_url: Annotated[str, AfterValidator(_public)] | None = Field(
        default=None,
        description="where people reach LETLOOSE_LISTEN; no calendar addresses without one",
    )
    people: Literal["open", "invite"] = Field(
        default="open", description="open to everybody, or invite: only who follows a link of yours"
    )
    new_people: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=300, description="newcomers let in within a minute, 1 to 100000; others wait"
    )
    operator: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="your number at Telegram: alarms go to that chat; none without it"
    )
    send_rate: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=25, description="messages a second, 1 to 1000; above 30 they are paid broadcasts"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="text or json")
    playground_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=8300, description="the port of the playground's page, 1 to 65535"
    )
    needs_token: bool = Field(
        default=False, description="true or false; with true `run` without a token is a mistake"
    )

    @property
    def bot_token(self) -> str | None:
        """The token, from wherever it was given."""
        if self.token is not None:
            return self.token.get_secret_value()
        return None if self.token_file is None else _read_token(self.token_file)

    @property
    def on_sqlite(self) -> bool:
        """Whether one file and one process carry the bot."""
        return self.database_url is None or self.database_url.startswith("sqlite")

    def webhook_secret_for(self, token: str) -> str:
        """What Telegram shows at the webhook; if unset, one made from the token."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return hmac.new(token.encode(), b"letloose webhook", hashlib.sha256).hexdigest()


def _read_token(path: Path) -> str:
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongSetting(f"{PREFIX}TOKEN_FILE={path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        token = ""
    if not TOKEN.fullmatch(token):
        raise WrongSetting(
            f"{PREFIX}TOKEN_FILE={path} is not allowed: a file with a bot's token and nothing else"
        )
    return token


def read_settings() -> Settings:
    """Read the environment; raises WrongSetting with one line for the first wrong value."""
    _refuse_unknown(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        raise WrongSetting(_sentence(error)) from None
    if settings.token is not None and settings.token_file is not None:
        raise WrongSetting(f"{PREFIX}TOKEN and {PREFIX}TOKEN_FILE are both set: keep one of them")
    if settings.webhook_url is not None and settings.listen is None:
        raise WrongSetting(
            f"{PREFIX}WEBHOOK_URL needs {PREFIX}LISTEN: host:port to take updates at"
        )
    if settings.webhook_secret is not None and settings.webhook_url is None:
        raise WrongSetting(f"{PREFIX}WEBHOOK_SECRET is of no use without {PREFIX}WEBHOOK_URL")
    settings.bot_token  # noqa: B018 - a token file with something else in it is a wrong value
    return settings


def _refuse_unknown(names: Iterable[str]) -> None:
    """A misspelt variable would be a setting that silently does nothing."""
    for name in names:
        known = [field.upper() for field in Settings.model_fields]
        ours = name.upper().removeprefix(PREFIX)
        if ours != name.upper() and ours not in known:
            near = difflib.get_close_matches(ours, known, 1) or known
            what = "did you mean " if len(near) == 1 else "there are "
            raise WrongSetting(
                f"{name} is no setting; {what}{', '.join(f'{PREFIX}{n}' for n in near)}"
            )


def _sentence(error: ValidationError) -> str:
    wrong = error.errors()[0]
    field = str(wrong["loc"][0])
    allowed = Settings.model_fields[field].description
    if wrong["type"] == "value_error":
        allowed = str(wrong["ctx"]["error"])
    value = repr(_shown(field, str(wrong["input"])))
    return f"{PREFIX}{field.upper()}={value} is not allowed: {allowed}"


def _shown(field: str, value: str) -> str:
    """A value that may be printed: no token, wherever it was pasted, and no password."""
    if field in ("token", "webhook_secret") and value:
        return "(not shown)"
    return PASSWORD.sub("***", hidden(value))[:80]
