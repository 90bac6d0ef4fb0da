"""`bindbee-sync.yaml`: its keys, their allowed values, and the place of each in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bindbee_sync.desired import parsing, tree
from bindbee_sync.desired.yaml_mistakes import parse_or_explain
from bindbee_sync.diagnostics import Place, Severity
from bindbee_sync.errors import ConfigError
from bindbee_sync.job_file import CREATE_FIELDS
from bindbee_sync.rules.registry import GRAVITY, RULES
from bindbee_sync.text import did_you_mean, in_quotes, shorten

FILE_NAME = "bindbee-sync.yaml"
FILE_NAMES = (FILE_NAME, "bindbee-sync.yml")
LEDGER_FOLDER = ".bindbee-sync"
MUST_BE = {
    "literal_error": "{expected}",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "greater_than": "above {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "list_type": "a list",
    "dict_type": "lines of `name: value`",
}
"""The values that a key allows, by pydantic's type of the error."""
PATTERNS = {
    "passthrough_base": "a path such as /v1",
    "id": "a connector's id as Bindbee shows it, a UUID",
    "ledger_name": "a connector's name: lower-case letters, digits and hyphens",
    "job_url": "an https:// address, with {remote_id} where the job's id belongs",
}
"""The texts that a key allows, where it allows one pattern only."""
NEEDS_VERSION = "Add at least the line `version: 1`."


NonEmpty = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=100)]
"""A connector's name: part of a variable's name and of a branch's, so of few characters."""
Uuid = Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")]


class SharedKeys(BaseModel):
    """What the whole file may set, and each connector for itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    provider: NonEmpty | None = None
    max_creates: Annotated[int, Field(ge=0)] = 50
    max_list_age: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 36
    max_requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    ignore_changes: list[str] = []
    job_url: Annotated[str, Field(pattern=r"^https://[^\s{}]+(\{remote_id\}[^\s{}]*)?$")] | None = None
    passthrough_base: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_-]+)*$")] = "/v1"
    rules: dict[str, Literal["error", "warning", "off"]] = {}


class ConnectorConfig(SharedKeys):
    """What stands under a connector's name. What is absent comes from the top level."""

    id: Uuid | None = None
    origin_id: NonEmpty | None = None
    jobs: NonEmpty | None = None
    ledger_name: Name | None = None


class FileConfig(SharedKeys):
    """The keys of `bindbee-sync.yaml`."""

    version: Annotated[int, Field(ge=1, le=1)]
    region: Literal["us", "eu"] = "us"
    connectors: Annotated[dict[Name, ConnectorConfig], Field(min_length=1)] | None = None
    jobs: NonEmpty = "jobs"
    policies: NonEmpty | None = None
    ledger: NonEmpty = f"{LEDGER_FOLDER}/ledger"
    timeout: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 30


@dataclass(frozen=True, kw_only=True)
class ConfigFile:
    """A config as read. `shown` is its path in messages; without a file it has the defaults."""

    values: FileConfig
    shown: str = FILE_NAME
    root: tree.Node | None = None

    def where(self, *loc: str | int) -> str:
        """Return the file, line and column of the value at `loc`; the file alone where it is not in it."""
        return _where(self.root, self.shown, loc)

    def place(self, *loc: str | int) -> Place:
        """Return where `loc` is; the beginning of the file where it is not there."""
        place = _place(self.root, loc)
        return Place(self.shown, place.line, place.column) if place else Place(self.shown)


def read_config(path: Path, shown: str) -> ConfigFile:
    """Return the config in `path`; raises ConfigError, with its place, where it can't be used."""
    return parse_config(_read(path, shown), shown)


def parse_config(content: bytes, shown: str) -> ConfigFile:
    """Return the config that `content` is; raises ConfigError, with its place, where it can't be used."""
    root, data = _parse(content, shown)
    if not isinstance(data, dict):
        raise ConfigError("The config file holds no keys", where=shown, hint=NEEDS_VERSION)
    try:
        values = FileConfig.model_validate(_without_nulls(data))
    except ValidationError as error:
        raise _bad_value(error, root, shown) from error
    config = ConfigFile(values=values, shown=shown, root=root)
    sections = [(("connectors", name), each) for name, each in (values.connectors or {}).items()]
    for loc, section in (((), values), *sections):
        _check_fields(config, loc, section)
        _check_rules(config, loc, section)
    _check_pins(config)
    return config


def _without_nulls(data: dict[str, object]) -> dict[str, object]:
    """Return the keys that are set: a null means "not set", also under a connector's name."""
    kept = {key: value for key, value in data.items() if value is not None}
    connectors = kept.get("connectors")
    if isinstance(connectors, dict):
        kept["connectors"] = {
            name: {key: value for key, value in each.items() if value is not None}
            if isinstance(each, dict)
            else ({} if each is None else each)
            for name, each in connectors.items()
        }
    return kept


def _read(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(parsing.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"The config file can't be read: {getattr(error, 'strerror', None) or error}",
            where=shown,
            hint="Check the path, or leave out --config to use the defaults.",
        ) from error


def _parse(content: bytes, shown: str) -> tuple[tree.Node | None, object]:
    """Return the tree and the values of the config. The tree comes first: it bounds size and depth."""
    try:
        root = parse_or_explain(content, shown, FileConfig.model_fields).root
        return root, YAML(typ="safe", pure=True).load(content.decode("utf-8-sig"))
    except tree.YamlError as error:
        raise ConfigError(
            error.message,
            where=f"{shown}:{error.place.line}:{error.place.column}",
            hint=error.hint or "Correct the YAML at this place.",
        ) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError(
            f"The config file is not valid YAML: {error.problem or error.context}",
            where=f"{shown}:{mark.line + 1}:{mark.column + 1}" if mark else shown,
            hint="Correct the YAML at this place.",
        ) from error
    except (YAMLError, ValueError) as error:
        raise ConfigError(
            f"The config file is not valid YAML: {str(error).splitlines()[0]}",
            where=shown,
            hint="Correct the YAML.",
        ) from error


def _bad_value(error: ValidationError, root: tree.Node | None, shown: str) -> ConfigError:
    first: Any = error.errors(include_input=False, include_url=False)[0]
    loc = first["loc"]
    key = shorten(".".join(str(part) for part in loc), 60)
    where = _where(root, shown, loc)
    if first["type"] == "extra_forbidden":
        model = FileConfig if len(loc) == 1 else ConnectorConfig
        known = model.model_fields
        hint = did_you_mean(str(loc[-1]), known) or f"Known keys: {', '.join(known)}."
        return ConfigError(f"'{key}' is not a key of the config", where=where, hint=hint)
    if first["type"] == "missing":
        return ConfigError(f"The config has no '{key}'", where=shown, hint=NEEDS_VERSION)
    if loc[0] == "connectors" and loc[-1] == "[key]":
        return ConfigError(
            f"'{shorten(str(loc[-2]), 60)}' can't be the name of a connector",
            where=_where(root, shown, loc[:-1]),
            hint="Use lower-case letters, digits and hyphens, e.g. `acme-robotics`.",
        )
    by_type = MUST_BE.get(first["type"], "").format_map(first.get("ctx", {}))
    wanted = by_type or PATTERNS.get(str(loc[-1]), "another value")
    hint = "Correct the value, or remove the line to use the default."
    if first["type"] == "string_type":
        hint = "Write it in quotes, as text."
    return ConfigError(f"'{key}' in the config must be {wanted}", where=where, hint=hint)


def _check_fields(config: ConfigFile, loc: tuple[str, ...], section: SharedKeys) -> None:
    for index, field in enumerate(section.ignore_changes):
        if field not in CREATE_FIELDS:
            raise ConfigError(
                f"{in_quotes(field)} in ignore_changes is not a field of a job",
                where=config.where(*loc, "ignore_changes", index),
                hint=did_you_mean(field, CREATE_FIELDS) or f"Fields: {', '.join(CREATE_FIELDS)}.",
            )


def _check_rules(config: ConfigFile, loc: tuple[str, ...], section: SharedKeys) -> None:
    for rule_id, severity in section.rules.items():
        rule = RULES.get(rule_id)
        where = config.where(*loc, "rules", rule_id)
        if rule is None and not rule_id.startswith("policy/"):
            raise ConfigError(
                f"There is no rule {in_quotes(rule_id)}",
                where=where,
                hint=did_you_mean(rule_id, RULES) or "`bindbee-sync rules` lists them.",
            )
        if rule and not rule.lowerable and GRAVITY.index(Severity(severity)) < GRAVITY.index(rule.severity):
            raise ConfigError(
                f"The severity of '{rule_id}' can't be lowered",
                where=where,
                hint="The rule guards against creating a job twice, or the wrong job. Remove the line.",
            )


def _check_pins(config: ConfigFile) -> None:
    """Refuse two names for one customer: their files would create each job twice there."""
    seen: dict[tuple[str, str], str] = {}
    for name, each in (config.values.connectors or {}).items():
        for key, pin in (("id", each.id and each.id.casefold()), ("origin_id", each.origin_id)):
            if pin is None:
                continue
            first = seen.setdefault((key, pin), name)
            if first != name:
                raise ConfigError(
                    f"The connectors '{first}' and '{name}' have the same {key}",
                    where=config.where("connectors", name, key),
                    hint="Keep one of the two names, with all of the customer's job files in its folder.",
                )


def _where(root: tree.Node | None, shown: str, loc: tuple[str | int, ...]) -> str:
    place = _place(root, loc)
    return f"{shown}:{place.line}:{place.column}" if place else shown


def _place(node: tree.Node | None, loc: tuple[str | int, ...]) -> Place | None:
    place = None
    for part in loc:
        found: tree.Node | None = None
        if isinstance(node, tree.MappingNode):
            for key, value in node.entries:
                if isinstance(key, tree.ScalarNode) and key.text == str(part):
                    place, found = key.place, value
        elif isinstance(node, tree.SequenceNode) and isinstance(part, int) and part < len(node.items):
            found = node.items[part]
            place = found.place
        node = found
    return place
