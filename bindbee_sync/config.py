"""The config file and the environment, read once; the only reader of secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shlex import quote

from bindbee_sync.base_url import checked_base_url
from bindbee_sync.config_file import (
    FILE_NAME,
    FILE_NAMES,
    ConfigFile,
    ConnectorConfig,
    FileConfig,
    SharedKeys,
    parse_config,
    read_config,
)
from bindbee_sync.connector_pin import Pin
from bindbee_sync.diagnostics import Place, Severity
from bindbee_sync.errors import ConfigError
from bindbee_sync.git import Git
from bindbee_sync.ledger.location import ANY, GitLedger
from bindbee_sync.rules.registry import RULES
from bindbee_sync.text import shorten

POLICIES = "policies"
DEFAULT_NAME = "default"
"""What the one connector of a config without `connectors` is called."""
LAID_OVER = frozenset(SharedKeys.model_fields) - {"rules"}
"""The keys in which a connector's own value replaces the top level's."""
_ALMOST = re.compile(r"\.?bindbee[-_. ]?sync\.ya?ml", re.IGNORECASE)
"""Names that a person may give the config, of which none but `FILE_NAMES` is read."""
_EXPANDED = re.compile(r"^~|\$[{(\w]")
"""What a shell puts something else in place of, and a config does not."""
HOSTS = {"us": "https://api.bindbee.dev", "eu": "https://api-eu.bindbee.dev"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that a command needs to know about one connector before it starts.

    `timeout` is in seconds, `max_list_age` in hours. `root` is what paths in output are relative to, `folder`
    what paths in the config are. `place` is the connector's in the config, None where it names none. `pins`
    are those of every connector, by name: no two names may mean one customer. `several` where the config
    names more than one connector. `ledger_name` fills `{connector}` in the ledger's location,
    `ledger_of_any` the location with it, None where all share one ledger. `policies` is the folder of the
    team's own rules, None where there is none; `policy_places` has the place of each severity that the config
    gives one.
    """

    name: str
    place: Place | None
    pin: Pin | None
    pins: Mapping[str, Pin]
    several: bool
    root: Path
    folder: Path
    jobs: Path
    ledger: Path | GitLedger
    ledger_name: str
    ledger_of_any: Path | GitLedger | None
    region: str
    base_url: str
    provider: str | None
    max_creates: int
    max_list_age: float
    max_requests_per_minute: int | None
    timeout: float
    passthrough_base: str
    ignore_changes: tuple[str, ...]
    job_url: str | None
    severities: Mapping[str, Severity]
    policies: Path | None
    policy_places: Mapping[str, Place]
    in_ci: bool

    @property
    def prefix(self) -> str:
        """The beginning of an address where the config names several connectors, e.g. `acme:`."""
        return f"{self.name}:" if self.several else ""

    @property
    def jobs_key(self) -> str:
        """The jobs folder as the config's `jobs` writes it."""
        return os.path.relpath(self.jobs, self.folder)

    @property
    def ledger_shown(self) -> str:
        """The ledger as messages show it."""
        if isinstance(self.ledger, GitLedger):
            return self.ledger.shown
        inside = self.ledger.is_relative_to(self.root.resolve())
        return str(self.ledger.relative_to(self.root.resolve()) if inside else self.ledger)


def config_file(cwd: Path) -> Path | None:
    """Return the config file that a command run in `cwd` uses, if there is one.

    Raises ConfigError where there are two, and where there is none but a file that looks meant as one.
    """
    return _find(cwd, _repository_root(cwd))


def config_in(folder: Path) -> Path | None:
    """Return the config file in `folder`, if there is one; raises ConfigError as `config_file` does."""
    try:
        names = sorted(each.name for each in folder.iterdir() if _ALMOST.fullmatch(each.name))
    except OSError:
        return None
    found = [each for each in names if each in FILE_NAMES]
    if len(found) > 1:
        raise ConfigError(
            f"There are two config files here: {' and '.join(found)}",
            where=str(folder),
            hint=f"Keep {FILE_NAME}, with what is right in both, and remove the other.",
        )
    # Two clones with the defaults would each have a ledger of its own, and create each job twice.
    if names and not found:
        raise ConfigError(
            f"The config file has to be named {FILE_NAME}, so this file is not read",
            where=str(folder / names[0]),
            hint=f"Rename it to {FILE_NAME}, or remove it to use the defaults.",
        )
    return folder / found[0] if found else None


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of each connector, in the config's order. `root` is what paths in output are relative to.

    `path` is the config file's, or where it would be.
    """

    root: Path
    path: Path
    file: ConfigFile
    connectors: tuple[Settings, ...]

    @property
    def is_named(self) -> bool:
        """True where the config names its connectors; else there is one, called `default`."""
        return self.file.values.connectors is not None

    @property
    def only(self) -> Settings:
        """The settings of the one connector; raises ConfigError where there are several."""
        if len(self.connectors) > 1:
            names = shorten(", ".join(each.name for each in self.connectors), 200)
            raise ConfigError(
                f"The config names {len(self.connectors)} connectors",
                where="--connector",
                hint=f"Name one: `--connector {self.connectors[0].name}`. They are: {names}.",
            )
        return self.connectors[0]


def load_config(config: Path | None, environment: Mapping[str, str], cwd: Path) -> Config:
    """Return the settings from `config` (else the nearest `bindbee-sync.yaml`) and the environment.

    Raises ConfigError, naming the file or variable, where one of them can't be used.
    """
    repository = _repository_root(config.resolve().parent if config else cwd)
    path = config or _find(cwd, repository)
    base = path.resolve().parent if path else repository or cwd
    root = repository or (cwd if base.is_relative_to(cwd) else base)
    file = read_config(path, _shown(path, root, cwd)) if path else _without_file()
    return _config(file, path.resolve() if path else base / FILE_NAME, environment, base, root)


def config_with(config: Config, content: bytes | None, environment: Mapping[str, str]) -> Config:
    """Return the settings as they were when the config file had this content; None where there was no file.

    Raises ConfigError where they can't be used.
    """
    file = _without_file() if content is None else parse_config(content, config.file.shown)
    return _config(file, config.path, environment, config.path.parent, config.root)


def _without_file() -> ConfigFile:
    return ConfigFile(values=FileConfig(version=1))


def _config(file: ConfigFile, path: Path, environment: Mapping[str, str], base: Path, root: Path) -> Config:
    named = file.values.connectors
    connectors = {DEFAULT_NAME: ConnectorConfig()} if named is None else named
    pins = {name: pin for name, own in connectors.items() if (pin := _pin(file, name, own))}
    settings = tuple(
        _settings(file, name, own, pins, environment, base, root) for name, own in connectors.items()
    )
    _check_folders(file, settings)
    return Config(root=root, path=path, file=file, connectors=settings)


def _settings(
    file: ConfigFile,
    name: str,
    own: ConnectorConfig,
    pins: Mapping[str, Pin],
    environment: Mapping[str, str],
    base: Path,
    root: Path,
) -> Settings:
    """Return one connector's settings: its own keys, laid over the top level's."""
    top = file.values
    merged = top.model_copy(update={key: getattr(own, key) for key in own.model_fields_set & LAID_OVER})
    is_named = top.connectors is not None
    loc = ("connectors", name) if is_named else ()
    jobs = own.jobs or (f"{top.jobs}/{name}" if is_named else top.jobs)
    override = environment.get("BINDBEE_LEDGER")
    ledger_name = own.ledger_name or name
    if own.ledger_name and ANY not in top.ledger and ANY not in (override or ""):
        raise ConfigError(
            f"'ledger_name' has no effect: `ledger` has no `{ANY}` in it",
            where=file.where(*loc, "ledger_name"),
            hint=f"Remove this line, or write `{ANY}` into `ledger`, where the name belongs.",
        )
    ledger, of_any = (_ledger(file, override, each, base, root) for each in (ledger_name, ANY))
    return Settings(
        name=name,
        place=file.place(*loc) if is_named else None,
        pin=pins.get(name),
        pins=pins,
        several=top.connectors is not None and len(top.connectors) > 1,
        root=root,
        folder=base,
        jobs=_inside(
            base, jobs, root, key="jobs", where=file.where(*loc, "jobs") if own.jobs else file.where("jobs")
        ),
        ledger=ledger,
        ledger_name=ledger_name,
        ledger_of_any=None if of_any == ledger else of_any,
        region=top.region,
        base_url=_base_url(environment.get("BINDBEE_BASE_URL"), top.region),
        provider=merged.provider,
        max_creates=merged.max_creates,
        max_list_age=merged.max_list_age,
        max_requests_per_minute=merged.max_requests_per_minute,
        timeout=top.timeout,
        passthrough_base=merged.passthrough_base,
        ignore_changes=tuple(merged.ignore_changes),
        job_url=merged.job_url,
        severities={rule_id: Severity(severity) for rule_id, severity in (top.rules | own.rules).items()},
        policies=_policies(file, base, root),
        policy_places=dict(_policy_places(file)),
        in_ci=bool(environment.get("CI")),
    )


def _policies(file: ConfigFile, base: Path, root: Path) -> Path | None:
    """Return the folder of the team's own rules; None where the config names none and none is there."""
    named = file.values.policies
    if named is None and not os.path.lexists(base / POLICIES):
        return None
    return _inside(base, named or POLICIES, root, key="policies", where=file.where("policies"))


def _policy_places(file: ConfigFile) -> Iterator[tuple[str, Place]]:
    """Yield the ids of own rules that the config gives a severity to, each with a place of it."""
    of_connectors = (
        (("connectors", name), own.rules) for name, own in (file.values.connectors or {}).items()
    )
    for loc, rules in (((), file.values.rules), *of_connectors):
        for rule_id in rules:
            if rule_id not in RULES:
                yield rule_id, file.place(*loc, "rules", rule_id)


def _pin(file: ConfigFile, name: str, own: ConnectorConfig) -> Pin | None:
    key = "id" if own.id is not None else "origin_id"
    if own.id is None and own.origin_id is None:
        return None
    return Pin(id=own.id, origin_id=own.origin_id, place=file.place("connectors", name, key))


def _check_folders(file: ConfigFile, settings: Iterable[Settings]) -> None:
    """Refuse a jobs folder that is another's, or in it: its files would be created at both customers."""
    seen: dict[Path, str] = {}
    for each in settings:
        above = next((seen[folder] for folder in (each.jobs, *each.jobs.parents) if folder in seen), None)
        below = next((name for folder, name in seen.items() if folder.is_relative_to(each.jobs)), None)
        other = above or below
        if other is not None:
            raise ConfigError(
                f"The connectors '{other}' and '{each.name}' share a jobs folder",
                where=file.where("connectors", each.name, "jobs"),
                hint="Give each connector a folder of its own, none inside another's.",
            )
        seen[each.jobs] = each.name


def _repository_root(start: Path) -> Path | None:
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / ".git").exists():
            return folder
    return None


def _find(cwd: Path, repository: Path | None) -> Path | None:
    cwd = cwd.resolve()
    top = repository or cwd
    for folder in (cwd, *cwd.parents):
        if folder.is_relative_to(top):
            if found := config_in(folder):
                return found
        elif above := next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None):
            raise ConfigError(
                f"This config file is above {'the repository' if repository else 'the working directory'}, "
                "so it is not read",
                where=str(above),
                hint=f"Move it to {top}, or name it: `--config {quote(str(above))}`.",
            )
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


def _check_expanded(value: str, where: str) -> None:
    if _EXPANDED.search(value):
        raise ConfigError(
            f"'{value}' would be taken as written: '~' and variables are not expanded",
            where=where,
            hint="Write the path itself.",
        )


def _resolved(base: Path, value: str, where: str) -> Path:
    _check_expanded(value, where)
    try:
        return (base / value).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, before Python 3.13; a null byte
        raise ConfigError(
            f"'{value}' can't be followed as a path", where=where, hint="Name a path inside the repository."
        ) from error


def _ledger(config: ConfigFile, override: str | None, name: str, base: Path, root: Path) -> Path | GitLedger:
    if override:
        if override.startswith("git+"):
            return _git_ledger(override, name, where="BINDBEE_LEDGER", named_only=False)
        return _resolved(base, override.replace(ANY, name), "BINDBEE_LEDGER")
    value, where = config.values.ledger, config.where("ledger")
    if value.startswith("git+"):
        return _git_ledger(value, name, where=where, named_only=True)
    path = _inside(base, value.replace(ANY, name), root, key="ledger", where=where)
    if ".git" in (part.casefold() for part in path.relative_to(root.resolve()).parts):
        raise ConfigError(
            "The ledger can't be a file that git keeps for itself",
            where=where,
            hint="Write e.g. `.bindbee-sync/ledger`, or for a branch `git+origin#bindbee-sync-ledger`.",
        )
    return path


def _git_ledger(value: str, name: str, *, where: str, named_only: bool) -> GitLedger:
    _check_expanded(value.removeprefix("git+"), where)
    remote, separator, branch = value.removeprefix("git+").rpartition("#")
    if not separator or not remote or not branch:
        raise ConfigError(
            "The ledger is not of the form git+<remote>#<branch>",
            where=where,
            hint="Write e.g. `git+origin#bindbee-sync-ledger`.",
        )
    ledger = GitLedger(remote=remote, branch=branch.replace(ANY, name))
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
    if not _is_branch(branch.replace(ANY, "x")):  # any connector's name fits where a letter does
        raise ConfigError(
            f"'{branch}' can't be the name of a branch",
            where=where,
            hint="Name it e.g. `bindbee-sync-ledger`.",
        )
    return ledger


@cache
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
