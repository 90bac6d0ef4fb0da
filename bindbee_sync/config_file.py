"""`bindbee-sync.yaml`: its keys, their allowed values, and the place of each in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bindbee_sync.desired import tree
from bindbee_sync.diagnostics import Severity
from bindbee_sync.errors import ConfigError
from bindbee_sync.job_file import CREATE_FIELDS
from bindbee_sync.rules.registry import GRAVITY, RULES
from bindbee_sync.text import did_you_mean, in_quotes, shorten

FILE_NAME = "bindbee-sync.yaml"
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
    "string_pattern_mismatch": "a path such as /v1",
    "list_type": "a list",
    "dict_type": "lines of `name: value`",
}
"""The values that a key allows, by pydantic's type of the error."""
NEEDS_VERSION = "Add at least the line `version: 1`."


class FileConfig(BaseModel):
    """The keys of `bindbee-sync.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: Annotated[int, Field(ge=1, le=1)]
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
class ConfigFile:
    """A config as read. `shown` is its path in messages; without a file it has the defaults."""

    values: FileConfig
    shown: str = FILE_NAME
    root: tree.Node | None = None

    def where(self, *loc: str | int) -> str:
        """Return the file, line and column of the value at `loc`; the file alone where it is not in it."""
        return _where(self.root, self.shown, loc)


def read_config(path: Path, shown: str) -> ConfigFile:
    """Return the config in `path`; raises ConfigError, with its place, where it can't be used."""
    root, data = _parse(_read(path, shown), shown)
    if not isinstance(data, dict):
        raise ConfigError("The config file holds no keys", where=shown, hint=NEEDS_VERSION)
    try:
        values = FileConfig.model_validate({key: value for key, value in data.items() if value is not None})
    except ValidationError as error:
        raise _bad_value(error, root, shown) from error
    config = ConfigFile(values=values, shown=shown, root=root)
    _check_fields(config)
    _check_rules(config)
    return config


def _read(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(tree.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"The config file can't be read: {getattr(error, 'strerror', None) or error}",
            where=shown,
            hint="Check the path, or leave out --config to use the defaults.",
        ) from error


def _parse(content: bytes, shown: str) -> tuple[tree.Node | None, object]:
    """Return the tree and the values of the config. The tree comes first: it bounds size and depth."""
    try:
        root = tree.parse(content, shown).root
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
    key = shorten(".".join(str(part) for part in first["loc"]), 60)
    where = _where(root, shown, first["loc"])
    if first["type"] == "extra_forbidden":
        known = FileConfig.model_fields
        hint = did_you_mean(key, known) or f"Known keys: {', '.join(known)}."
        return ConfigError(f"'{key}' is not a key of the config", where=where, hint=hint)
    if first["type"] == "missing":
        return ConfigError(f"The config has no '{key}'", where=shown, hint=NEEDS_VERSION)
    wanted = MUST_BE.get(first["type"], "another value").format_map(first.get("ctx", {}))
    return ConfigError(
        f"'{key}' in the config must be {wanted}",
        where=where,
        hint="Correct the value, or remove the line to use the default.",
    )


def _check_fields(config: ConfigFile) -> None:
    for index, field in enumerate(config.values.ignore_changes):
        if field not in CREATE_FIELDS:
            raise ConfigError(
                f"{in_quotes(field)} in ignore_changes is not a field of a job",
                where=config.where("ignore_changes", index),
                hint=did_you_mean(field, CREATE_FIELDS) or f"Fields: {', '.join(CREATE_FIELDS)}.",
            )


def _check_rules(config: ConfigFile) -> None:
    for rule_id, severity in config.values.rules.items():
        rule = RULES.get(rule_id)
        where = config.where("rules", rule_id)
        if rule is None:
            raise ConfigError(
                f"There is no rule {in_quotes(rule_id)}",
                where=where,
                hint=did_you_mean(rule_id, RULES) or "`bindbee-sync rules` lists them.",
            )
        if not rule.lowerable and GRAVITY.index(Severity(severity)) < GRAVITY.index(rule.severity):
            raise ConfigError(
                f"The severity of '{rule_id}' can't be lowered",
                where=where,
                hint="The rule guards against creating a job twice, or the wrong job. Remove the line.",
            )


def _where(node: tree.Node | None, shown: str, loc: tuple[str | int, ...]) -> str:
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
    return f"{shown}:{place.line}:{place.column}" if place else shown
