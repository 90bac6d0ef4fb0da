"""Nothing that the program has is missing from its documentation, and no link leads nowhere."""

from __future__ import annotations

import re

import pytest
from site_pages import DOCS, PAGES, ROOT, anchors, blocks, links, name, read, sections
from typer.main import get_command

from bindbee_sync.cli.app import app, run
from bindbee_sync.config_file import FileConfig
from bindbee_sync.create_result import CreateResult
from bindbee_sync.exit_codes import ExitCode
from bindbee_sync.planning.model import Outcome
from bindbee_sync.rules.registry import RULES

COMMANDS = read(DOCS / "commands.md")
SETTINGS = read(DOCS / "settings.md")
MKDOCS = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


def tree(command, path=""):
    """Every command below this one, by what is typed for it."""
    yield path, command
    for each in getattr(command, "commands", {}).values():
        yield from tree(each, f"{path} {each.name}".strip())


@pytest.mark.parametrize(("path", "command"), list(tree(get_command(app))))
def test_every_command_has_a_section_with_all_its_options_and_a_way_to_type_it(path, command):
    section = sections(COMMANDS)[path or "Options of the program itself"]
    for parameter in command.params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            if option.startswith("-"):
                assert re.search(rf"(?<![\w-]){option}(?![\w-])", section), option
    assert f"bindbee-sync {path}".strip() in section


@pytest.mark.parametrize("path", [path for path, _ in tree(get_command(app))])
def test_no_help_is_cut_or_too_wide_on_a_narrow_terminal_or_names_a_type_of_python(path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    run([*path.split(), "--help"])
    usage, _, rest = capsys.readouterr().out.partition("\n\n")
    assert usage.startswith("Usage: bindbee-sync")
    assert "..." not in rest
    assert max(map(len, rest.splitlines())) <= 80
    assert not re.search(r"<(list|str|path|file|int|float|bool)\b", rest)


def test_every_rule_is_listed_and_linked():
    index = read(DOCS / "rules" / "index.md")
    for rule in RULES.values():
        assert f"[`{rule.id}`]({rule.page.rpartition('/')[2]})" in index
        assert rule.demands in read(ROOT / rule.page)
        assert rule.hint in read(ROOT / rule.page)
        assert rule.source in read(ROOT / rule.page)


@pytest.mark.parametrize("key", FileConfig.model_fields)
def test_every_config_key_is_documented(key):
    assert f"\n| `{key}` |" in SETTINGS


def test_every_variable_is_documented():
    package = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bindbee_sync").rglob("*.py"))
    read_by_the_program = set(re.findall(r"\bBINDBEE_[A-Z_]+\b", package)) - {"BINDBEE_"}
    documented = set(re.findall(r"^\| `(\w+)`", sections(SETTINGS)["The environment"], re.MULTILINE))
    read_by_libraries = {"CI", "NO_COLOR", "HTTPS_PROXY", "SSL_CERT_FILE"}
    assert documented == read_by_the_program | read_by_libraries


def test_every_outcome_and_exit_code_is_documented():
    for outcome in Outcome:
        assert f"\n| `{outcome}` |" in sections(COMMANDS)["What a plan says, and what to do"]
    for code in ExitCode:
        assert f"\n| {int(code)} |" in sections(COMMANDS)["Exit codes"]


def test_every_result_of_a_create_is_documented():
    for result in CreateResult:
        assert f"\n| `{result}` |" in sections(COMMANDS)["What became of a create"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_pages_of_the_site_and_headings_on_them(page):
    for link in links(read(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(DOCS), f"{link}: not on the site; name other files in `backticks`"
        assert target.is_file(), link
        assert not anchor or anchor in anchors(read(target)), link


def test_every_page_can_be_reached():
    pages = {page.relative_to(DOCS).as_posix() for page in PAGES}
    in_navigation = set(re.findall(r"^ +- .+: (\S+\.md)$", MKDOCS, re.MULTILINE))
    assert in_navigation <= pages
    of_rules = {rule.page.removeprefix("docs/") for rule in RULES.values()}
    assert pages - in_navigation == of_rules, "name the page under `nav` in mkdocs.yml"


def test_code_blocks_are_of_a_known_kind():
    for page in PAGES:
        for block in blocks(read(page)):
            assert block.mark != "run" or block.language == "console", page
            assert block.mark != "prints" or block.language == "text", page
        assert read(page).count("<!-- run -->") == sum(block.mark == "run" for block in blocks(read(page)))
        assert read(page).count("<!-- prints -->") == sum(b.mark == "prints" for b in blocks(read(page)))


def test_no_page_asks_another_host():
    assert "font: false" in MKDOCS
    assert not re.search(r"extra_(css|javascript)|analytics|https?://", MKDOCS)


def test_the_map_names_every_package_and_shared_module():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^(?:\| )?(`.+?) (?:\||is apart)", sections(text)["The map"], re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+(?:\.py)?)`", row)}
    package = ROOT / "bindbee_sync"
    packages = {each.parent.name for each in package.glob("*/__init__.py")}
    assert named == packages | {each.name for each in package.glob("[a-z]*.py")}
