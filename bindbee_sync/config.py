"""The config file and the environment, read once; the only reader of secrets."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bindbee_sync.desired.model import CREATE_FIELDS
from bindbee_sync.diagnostics import Severity
from bindbee_sync.errors import ConfigError
from bindbee_sync.rules.registry import RULES
from bindbee_sync.text import nearest

FILE_NAME = "bindbee-sync.yaml"
HOSTS = {"us": "https://api.bindbee.dev", "eu": "https://api-eu.bindbee.dev"}
MAX_CONFIG_BYTES = 1 << 20
_REMOTE_NAME = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*")


class FileConfig(BaseModel):
    """The keys of `bindbee-sync.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: Literal[1]
    region: Literal["us", "eu"] = "us"
    provider: Annotated[str, Field(min_length=1)] | None = None
    jobs: Annotated[str, Field(min_length=1)] = "jobs"
    ledger: Annotated[str, Field(min_length=1)] = ".bindbee-sync/ledger"
    max_creates: Annotated[int, Field(ge=0)] = 50
    max_list_age: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 36
    timeout: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 30
    passthrough_base: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_-]+)*$")] = "/v1"
    ignore_changes: list[str] = []
    rules: dict[str, Literal["error", "warning", "off"]] = {}


@dataclass(frozen=True, kw_only=True)
class GitLedger:
    """A ledger on a branch: the remote's name, or from the environment also its URL."""

    remote: str
    branch: str

    @property
    def is_named(self) -> bool:
        """Whether it is the name of a configured remote, and not a URL or path."""
        return _REMOTE_NAME.fullmatch(self.remote) is not None

    @property
    def shown(self) -> str:
        """How messages name it: without credentials."""
        return f"git+{re.sub(r'(?<=://)[^/@]+(?=@)', '***', self.remote)}#{self.branch}"


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What authenticates to Bindbee; from the environment only."""

    api_key: SecretStr
    connector_token: SecretStr


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that a command needs to know before it starts.

    `timeout` is in seconds, `max_list_age` in hours. `root` is what paths in output are relative to.
    """

    root: Path
    jobs: Path
    ledger: Path | GitLedger
    base_url: str
    provider: str | None
    max_creates: int
    max_list_age: float
    timeout: float
    passthrough_base: str
    ignore_changes: tuple[str, ...]
    severities: Mapping[str, Severity]
    in_ci: bool


def config_file(cwd: Path) -> Path | None:
    """Return the config file that a command run in `cwd` uses, if there is one."""
    return _find(cwd, _repository_root(cwd))


def load_settings(config: Path | None, environment: Mapping[str, str], cwd: Path) -> Settings:
    """Return the settings from `config` (else the nearest `bindbee-sync.yaml`) and the environment.

    Raises ConfigError, naming the file or variable, where one of them can't be used.
    """
    repository = _repository_root(config.resolve().parent if config else cwd)
    path = config or _find(cwd, repository)
    values = _read(path) if path else FileConfig(version=1)
    base = path.resolve().parent if path else repository or cwd
    root = repository or (cwd if base.is_relative_to(cwd) else base)
    where = str(path) if path else FILE_NAME
    _check_fields(values, where)
    return Settings(
        root=root,
        jobs=_inside(base, values.jobs, root, key="jobs", where=where),
        ledger=_ledger(values.ledger, environment.get("BINDBEE_LEDGER"), base, root, where),
        base_url=_base_url(environment.get("BINDBEE_BASE_URL"), values.region),
        provider=values.provider,
        max_creates=values.max_creates,
        max_list_age=values.max_list_age,
        timeout=values.timeout,
        passthrough_base=values.passthrough_base,
        ignore_changes=tuple(values.ignore_changes),
        severities=_severities(values.rules, where),
        in_ci=bool(environment.get("CI")),
    )


def read_secrets(environment: Mapping[str, str]) -> Secrets:
    """Return the two tokens; raises ConfigError where one is missing."""
    found = {}
    for variable in ("BINDBEE_API_KEY", "BINDBEE_CONNECTOR_TOKEN"):
        value = environment.get(variable, "").strip()
        if not value:
            raise ConfigError(
                f"{variable} is not set",
                where=variable,
                hint="Set it in the environment (in CI: as a secret); Bindbee's dashboard has both. "
                "`bindbee-sync validate` needs neither.",
            )
        found[variable] = SecretStr(value)
    return Secrets(api_key=found["BINDBEE_API_KEY"], connector_token=found["BINDBEE_CONNECTOR_TOKEN"])


def has_secrets(environment: Mapping[str, str]) -> bool:
    """Whether both tokens are set."""
    return all(environment.get(name, "").strip() for name in ("BINDBEE_API_KEY", "BINDBEE_CONNECTOR_TOKEN"))


def _repository_root(start: Path) -> Path | None:
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / ".git").exists():
            return folder
    return None


def _find(cwd: Path, repository: Path | None) -> Path | None:
    cwd = cwd.resolve()
    for folder in (cwd, *cwd.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        if repository is None or folder == repository:
            return None
    return None


def _read(path: Path) -> FileConfig:
    where = str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_CONFIG_BYTES + 1)
        if len(content) > MAX_CONFIG_BYTES:
            raise ConfigError(
                "The config file is larger than 1 MiB", where=where, hint="Is it the right file?"
            )
        data = YAML(typ="safe", pure=True).load(content.decode())
    except OSError as error:
        raise ConfigError(
            f"The config file can't be read: {error.strerror or error}",
            where=where,
            hint="Check the path, or leave out --config to use the defaults.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            "The config file is not UTF-8 text", where=where, hint="Save it as UTF-8."
        ) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark
        at = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        raise ConfigError(
            f"The config file is not valid YAML: {error.problem or error.context}",
            where=at,
            hint="Correct the YAML at this place.",
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"The config file is not valid YAML: {str(error).splitlines()[0]}",
            where=where,
            hint="Correct the YAML.",
        ) from error
    if not isinstance(data, dict):
        raise ConfigError(
            "The config file holds no keys", where=where, hint="It needs at least the line `version: 1`."
        )
    try:
        return FileConfig.model_validate(data)
    except ValidationError as error:
        raise _bad_value(error, where) from error


def _bad_value(error: ValidationError, where: str) -> ConfigError:
    first: Any = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        close = nearest(key, list(FileConfig.model_fields))
        return ConfigError(
            f"'{key}' is not a key of the config",
            where=where,
            hint=f"Did you mean '{close}'?"
            if close
            else f"Known keys: {', '.join(FileConfig.model_fields)}.",
        )
    if first["type"] == "missing":
        return ConfigError(f"The config has no '{key}'", where=where, hint="Add the line `version: 1`.")
    return ConfigError(f"'{key}' in the config: {first['msg']}", where=where, hint="Correct the value.")


def _check_fields(values: FileConfig, where: str) -> None:
    for field in values.ignore_changes:
        if field not in CREATE_FIELDS:
            close = nearest(field, list(CREATE_FIELDS))
            raise ConfigError(
                f"'{field}' in ignore_changes is not a field of a job",
                where=where,
                hint=f"Did you mean '{close}'?" if close else f"Fields: {', '.join(CREATE_FIELDS)}.",
            )


def _severities(rules: Mapping[str, str], where: str) -> dict[str, Severity]:
    for rule_id, severity in rules.items():
        rule = RULES.get(rule_id)
        if rule is None:
            close = nearest(rule_id, list(RULES))
            raise ConfigError(
                f"There is no rule '{rule_id}'",
                where=where,
                hint=f"Did you mean '{close}'?" if close else "`bindbee-sync rules` lists them.",
            )
        if not rule.lowerable and severity != Severity.ERROR:
            raise ConfigError(
                f"The rule '{rule_id}' can't be made less than it is",
                where=where,
                hint="It guards against making a job twice or a wrong one. Remove the line.",
            )
    return {rule_id: Severity(severity) for rule_id, severity in rules.items()}


def _inside(base: Path, value: str, root: Path, *, key: str, where: str) -> Path:
    path = _resolved(base / value, where)
    if not path.is_relative_to(root.resolve()):
        raise ConfigError(
            f"'{key}' in the config leads out of the repository: {value}",
            where=where,
            hint="Name a path inside the repository.",
        )
    return path


def _resolved(path: Path, where: str) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"The path {path} can't be followed: {error}", where=where, hint="Correct it."
        ) from error


def _ledger(value: str, override: str | None, base: Path, root: Path, where: str) -> Path | GitLedger:
    if override:
        if override.startswith("git+"):
            return _git_ledger(override, where="BINDBEE_LEDGER", named_only=False)
        return _resolved(base / override, "BINDBEE_LEDGER")
    if value.startswith("git+"):
        return _git_ledger(value, where=where, named_only=True)
    return _inside(base, value, root, key="ledger", where=where)


def _git_ledger(value: str, *, where: str, named_only: bool) -> GitLedger:
    remote, separator, branch = value.removeprefix("git+").rpartition("#")
    if not separator or not remote or not branch:
        raise ConfigError(
            "The ledger is not of the form git+<remote>#<branch>",
            where=where,
            hint="Write e.g. `git+origin#bindbee-sync-ledger`.",
        )
    if named_only and not _REMOTE_NAME.fullmatch(remote):
        raise ConfigError(
            "The ledger's remote has to be the name of a configured git remote, not a URL",
            where=where,
            hint="Write e.g. `git+origin#bindbee-sync-ledger`. A URL can be given in BINDBEE_LEDGER only.",
        )
    if remote.startswith("-"):
        raise ConfigError("The ledger's remote begins with '-'", where=where, hint="Correct it.")
    if not _is_branch(branch):
        raise ConfigError(
            f"'{branch}' can't be the name of a branch", where=where, hint="E.g. `bindbee-sync-ledger`."
        )
    return GitLedger(remote=remote, branch=branch)


def _is_branch(name: str) -> bool:
    """Whether git takes `name` as a branch: asked of git itself."""
    try:
        checked = subprocess.run(  # noqa: S603 - a fixed command; `name` can't be an option after --branch
            ["git", "check-ref-format", "--branch", name],  # noqa: S607 - the user's own git, from PATH
            capture_output=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return False
    return checked.returncode == 0 and checked.stdout.decode(errors="replace").strip() == name


def _base_url(override: str | None, region: str) -> str:
    if not override:
        return HOSTS[region]
    try:
        parts = urlsplit(override)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if not host or not plain or parts.scheme not in {"http", "https"}:
        raise ConfigError(
            "BINDBEE_BASE_URL is not the address of a host",
            where="BINDBEE_BASE_URL",
            hint="Write e.g. `https://api.bindbee.dev`, without user, query or fragment.",
        )
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigError(
            "BINDBEE_BASE_URL has to begin with https://, or the tokens would travel in the open",
            where="BINDBEE_BASE_URL",
            hint="Only a loopback address (a local sandbox) may be reached with http://.",
        )
    return override.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
