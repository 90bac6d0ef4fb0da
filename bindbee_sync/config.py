"""The config file and the environment, read once; the only reader of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bindbee_sync.base_url import checked_base_url
from bindbee_sync.config_file import FILE_NAME, ConfigFile, FileConfig, read_config
from bindbee_sync.diagnostics import Severity
from bindbee_sync.errors import ConfigError
from bindbee_sync.git import Git
from bindbee_sync.ledger.location import GitLedger

HOSTS = {"us": "https://api.bindbee.dev", "eu": "https://api-eu.bindbee.dev"}


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The two tokens, which come from the environment only."""

    api_key: SecretStr
    connector_token: SecretStr


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a run, from the config file and the environment.

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

    @property
    def ledger_shown(self) -> str:
        """The ledger as messages show it."""
        if isinstance(self.ledger, GitLedger):
            return self.ledger.shown
        inside = self.ledger.is_relative_to(self.root.resolve())
        return str(self.ledger.relative_to(self.root.resolve()) if inside else self.ledger)


def config_file(cwd: Path) -> Path | None:
    """Return the config file that a command run in `cwd` uses, if there is one."""
    return _find(cwd, _repository_root(cwd))


def load_settings(config: Path | None, environment: Mapping[str, str], cwd: Path) -> Settings:
    """Return the settings from `config` (else the nearest `bindbee-sync.yaml`) and the environment.

    Raises ConfigError, naming the file or variable, where one of them can't be used.
    """
    repository = _repository_root(config.resolve().parent if config else cwd)
    path = config or _find(cwd, repository)
    base = path.resolve().parent if path else repository or cwd
    root = repository or (cwd if base.is_relative_to(cwd) else base)
    file = read_config(path, _shown(path, root, cwd)) if path else ConfigFile(values=FileConfig(version=1))
    values = file.values
    return Settings(
        root=root,
        jobs=_inside(base, values.jobs, root, key="jobs", where=file.where("jobs")),
        ledger=_ledger(file, environment.get("BINDBEE_LEDGER"), base, root),
        base_url=_base_url(environment.get("BINDBEE_BASE_URL"), values.region),
        provider=values.provider,
        max_creates=values.max_creates,
        max_list_age=values.max_list_age,
        timeout=values.timeout,
        passthrough_base=values.passthrough_base,
        ignore_changes=tuple(values.ignore_changes),
        severities={rule_id: Severity(severity) for rule_id, severity in values.rules.items()},
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
    """Return whether both tokens are set."""
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


def _inside(base: Path, value: str, root: Path, *, key: str, where: str) -> Path:
    path = _resolved(base, value, where)
    if not path.is_relative_to(root.resolve()):
        raise ConfigError(
            f"'{key}' in the config leads out of the repository: {value}",
            where=where,
            hint="Name a path inside the repository.",
        )
    return path


def _resolved(base: Path, value: str, where: str) -> Path:
    try:
        return (base / value).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, before Python 3.13; a null byte
        raise ConfigError(
            f"'{value}' can't be followed as a path", where=where, hint="Name a path inside the repository."
        ) from error


def _ledger(config: ConfigFile, override: str | None, base: Path, root: Path) -> Path | GitLedger:
    if override:
        if override.startswith("git+"):
            return _git_ledger(override, where="BINDBEE_LEDGER", named_only=False)
        return _resolved(base, override, "BINDBEE_LEDGER")
    value, where = config.values.ledger, config.where("ledger")
    if value.startswith("git+"):
        return _git_ledger(value, where=where, named_only=True)
    path = _inside(base, value, root, key="ledger", where=where)
    if ".git" in (part.casefold() for part in path.relative_to(root.resolve()).parts):
        raise ConfigError(
            "The ledger can't be a file that git keeps for itself",
            where=where,
            hint="Write e.g. `.bindbee-sync/ledger`, or for a branch `git+origin#bindbee-sync-ledger`.",
        )
    return path


def _git_ledger(value: str, *, where: str, named_only: bool) -> GitLedger:
    remote, separator, branch = value.removeprefix("git+").rpartition("#")
    if not separator or not remote or not branch:
        raise ConfigError(
            "The ledger is not of the form git+<remote>#<branch>",
            where=where,
            hint="Write e.g. `git+origin#bindbee-sync-ledger`.",
        )
    ledger = GitLedger(remote=remote, branch=branch)
    if named_only and not ledger.is_named:
        raise ConfigError(
            "The ledger's remote has to be the name of a configured git remote, not a URL",
            where=where,
            hint="Write e.g. `git+origin#bindbee-sync-ledger`. A URL can be given in BINDBEE_LEDGER only.",
        )
    if remote.startswith("-"):
        raise ConfigError(
            "The ledger's remote begins with '-'",
            where=where,
            hint="Write e.g. `git+origin#bindbee-sync-ledger`.",
        )
    if not _is_branch(branch):
        raise ConfigError(
            f"'{branch}' can't be the name of a branch",
            where=where,
            hint="Name it e.g. `bindbee-sync-ledger`.",
        )
    return ledger


def _is_branch(name: str) -> bool:
    """Return whether git takes `name` as the name of a branch, and of no other: `@{-1}` would be one."""
    checked = Git(Path("/")).run("check-ref-format", "--branch", name)
    return checked.returncode == 0 and checked.stdout.decode(errors="replace").strip() == name


def _base_url(override: str | None, region: str) -> str:
    url = (override or "").strip()
    return checked_base_url(url) if url else HOSTS[region]


def _shown(path: Path, root: Path, cwd: Path) -> str:
    for folder in (root, cwd.resolve()):
        if path.resolve().is_relative_to(folder.resolve()):
            return path.resolve().relative_to(folder.resolve()).as_posix()
    return str(path)
