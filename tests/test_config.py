"""The config file and the environment: every key, what is refused, and where paths and tokens may lead."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields

import pytest

from bindbee_sync.commands.tokens import read_api_key, read_token
from bindbee_sync.config import load_config
from bindbee_sync.config_file import FILE_NAME
from bindbee_sync.diagnostics import Severity
from bindbee_sync.errors import ConfigError
from bindbee_sync.ledger.location import GitLedger


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    (folder / ".git").mkdir(parents=True)
    return folder


@pytest.fixture
def load(repo):
    """Return the settings from a config of these lines, in a repository."""

    def from_lines(*lines, at=repo, cwd=None, **environment):
        text = lines[0] if len(lines) == 1 and "\n" in lines[0] else "\n".join(("version: 1", *lines)) + "\n"
        at.mkdir(parents=True, exist_ok=True)
        (at / FILE_NAME).write_text(text, encoding="utf-8")
        return load_settings(None, environment, cwd or at)

    return from_lines


def refusal(load, *lines, **environment):
    with pytest.raises(ConfigError) as refused:
        load(*lines, **environment)
    assert refused.value.hint
    assert refused.value.where
    return refused.value


def load_settings(*arguments):
    return load_config(*arguments).only


class TestDefaults:
    def test_hold_without_a_config(self, repo):
        settings = load_settings(None, {}, repo)
        assert {each.name: getattr(settings, each.name) for each in fields(settings)} == {
            "name": "default",
            "place": None,
            "pin": None,
            "pins": {},
            "several": False,
            "job_url": None,
            "root": repo,
            "folder": repo,
            "jobs": repo / "jobs",
            "ledger": repo / ".bindbee-sync/ledger",
            "ledger_name": "default",
            "ledger_of_any": None,
            "region": "us",
            "base_url": "https://api.bindbee.dev",
            "provider": None,
            "max_creates": 50,
            "max_list_age": 36,
            "max_requests_per_minute": None,
            "timeout": 30,
            "passthrough_base": "/v1",
            "ignore_changes": (),
            "severities": {},
            "policies": None,
            "policy_places": {},
            "in_ci": False,
        }

    def test_hold_for_a_config_with_a_version_alone(self, load, repo):
        assert load() == load_settings(None, {}, repo)

    def test_hold_for_keys_that_are_left_empty(self, load):
        assert load("rules:", "ignore_changes:", "jobs:", "provider: ~").severities == {}

    def test_without_a_repository_paths_are_below_the_working_directory(self, tmp_path):
        settings = load_settings(None, {}, tmp_path)
        assert (settings.root, settings.jobs) == (tmp_path, tmp_path / "jobs")


class TestFileName:
    def test_both_suffixes_are_read(self, repo):
        (repo / "bindbee-sync.yml").write_text("version: 1\njobs: kept\n")
        (repo / "below").mkdir()
        for cwd in (repo, repo / "below"):
            assert load_settings(None, {}, cwd).jobs == repo / "kept"

    def test_both_at_once_are_an_error(self, load, repo):
        (repo / "bindbee-sync.yml").write_text("version: 1\n")
        assert "bindbee-sync.yaml and bindbee-sync.yml" in str(refusal(load).message)

    @pytest.mark.parametrize(
        "name",
        [
            *(".bindbee-sync.yaml", ".bindbee-sync.yml", "Bindbee-sync.yaml", "BINDBEE-SYNC.YML"),
            *("bindbee_sync.yaml", "bindbee_sync.yml", "bindbeesync.yaml", "bindbee-sync.YAML"),
        ],
    )
    def test_a_name_that_is_almost_right_is_an_error_that_has_both(self, repo, name):
        (repo / name).write_text("version: 1\n")
        with pytest.raises(ConfigError) as refused:
            load_config(None, {}, repo)
        assert refused.value.where == str(repo / name)
        assert "Rename it to bindbee-sync.yaml" in refused.value.hint

    def test_beside_a_config_such_a_file_is_left_alone(self, load, repo):
        (repo / ".bindbee-sync.yaml").write_text("version: 1\n")
        assert load().jobs == repo / "jobs"

    @pytest.mark.parametrize("name", ["bindbee-sync.yaml", "bindbee-sync.yml"])
    def test_a_config_above_the_repository_is_an_error(self, repo, name):
        above = repo.parent / name
        above.write_text("version: 1\n")
        with pytest.raises(ConfigError) as refused:
            load_config(None, {}, repo)
        assert refused.value.where == str(above)
        assert str(repo) in refused.value.hint
        assert load_settings(above, {}, repo).folder == repo.parent

    @pytest.mark.parametrize("key", ["jobs", "ledger"])
    @pytest.mark.parametrize("value", ["~/x", "~", "$HOME/x", "${HOME}/x", "a/$(pwd)"])
    def test_what_a_shell_would_expand_is_an_error(self, load, key, value):
        refused = refusal(load, f'{key}: "{value}"')
        assert refused.where.startswith(f"{FILE_NAME}:2:")
        assert "expanded" in refused.message


class TestKeys:
    def test_every_key_is_read(self, load, repo):
        settings = load(
            "region: eu",
            "provider: greenhouse",
            "jobs: openings",
            "ledger: kept/ledger",
            "max_creates: 0",
            "max_list_age: 1.5",
            "max_requests_per_minute: 40",
            "timeout: 5",
            "ignore_changes: [status, name]",
            "rules:",
            "  greenhouse/openings-high: off",
            "  greenhouse/single-department: warning",
            "  drift/no-update: error",
        )
        assert settings.base_url == "https://api-eu.bindbee.dev"
        assert settings.provider == "greenhouse"
        assert settings.jobs == repo / "openings"
        assert settings.ledger == repo / "kept/ledger"
        assert (settings.max_creates, settings.max_list_age, settings.timeout) == (0, 1.5, 5)
        assert settings.max_requests_per_minute == 40
        assert settings.ignore_changes == ("status", "name")
        assert settings.severities == {
            "greenhouse/openings-high": Severity.OFF,
            "greenhouse/single-department": Severity.WARNING,
            "drift/no-update": Severity.ERROR,
        }

    WRONG = (
        "region: us-east",
        "region: [us]",
        "provider: 5",
        "provider: ''",
        "jobs: 2020-01-01",
        "jobs: [jobs]",
        "jobs: ''",
        "ledger: 1",
        "max_creates: -1",
        "max_creates: 1.5",
        "max_creates: '5'",
        "max_creates: true",
        "max_list_age: 0",
        "max_list_age: .nan",
        "max_list_age: .inf",
        "max_list_age: long",
        "max_requests_per_minute: 0",
        "max_requests_per_minute: 1.5",
        "timeout: 0",
        "timeout: 121",
        "timeout: .inf",
        "ignore_changes: status",
        "ignore_changes: [1]",
        "rules: []",
        "rules: {greenhouse/openings-high: loud}",
        "rules: {greenhouse/openings-high: false}",
        "rules: {1: off}",
    )

    @pytest.mark.parametrize("line", WRONG)
    def test_a_wrong_value_is_told_with_its_key_and_line(self, load, line):
        error = refusal(load, line)
        assert line.partition(":")[0] in error.message
        assert "another value" not in error.message
        assert error.where.startswith(f"{FILE_NAME}:2:")

    @pytest.mark.parametrize(
        ("line", "wanted"),
        [
            ("region: us-east", "'us' or 'eu'"),
            ("provider: 5", "text"),
            ("jobs: ''", "text that is not empty"),
            ("max_creates: -1", "at least 0"),
            ("max_creates: 1.5", "a whole number"),
            ("max_list_age: 0", "above 0"),
            ("max_list_age: long", "a number"),
            ("timeout: 101", "at most 100"),
            ("passthrough_base: x", "a path such as /v1"),
            (
                "connectors: {a: {ledger_name: A/b}}",
                "a connector's name: lower-case letters, digits and hyphens",
            ),
            ("ignore_changes: status", "a list"),
            ("rules: []", "lines of `name: value`"),
            ("rules: {greenhouse/openings-high: loud}", "'error', 'warning' or 'off'"),
        ],
    )
    def test_what_it_has_to_be_is_told(self, load, line, wanted):
        assert refusal(load, line).message.endswith(f"must be {wanted}")

    def test_a_ledger_name_that_nothing_reads_is_an_error(self, repo):
        (repo / FILE_NAME).write_text("version: 1\nconnectors:\n  a: {ledger_name: b}\n")
        with pytest.raises(ConfigError) as refused:
            load_config(None, {}, repo)
        assert refused.value.where == f"{FILE_NAME}:3:7"
        for location in ("ledgers/{connector}", "git+origin#{connector}"):
            (settings,) = load_config(None, {"BINDBEE_LEDGER": location}, repo).connectors
            assert settings.ledger in (repo / "ledgers/b", GitLedger(remote="origin", branch="b"))

    @pytest.mark.parametrize("version", ["2", "'1'", "true", "1.0", "[1]", "one"])
    def test_another_version_is_refused(self, load, version):
        assert "version" in refusal(load, f"version: {version}\n").message

    def test_a_missing_version_is_told(self, load):
        assert "version: 1" in refusal(load, "region: eu\njobs: jobs\n").hint
        assert "version: 1" in refusal(load, "version:\njobs: jobs\n").hint

    def test_an_unknown_key_gets_the_nearest_name_and_its_place(self, load):
        error = refusal(load, "region: us", "legder: x")
        assert "'legder'" in error.message
        assert error.hint == "Did you mean 'ledger'?"
        assert error.where == f"{FILE_NAME}:3:1"
        assert "max_creates" in refusal(load, "zzzzzz: 1").hint

    @pytest.mark.parametrize("key", ["api_key", "base_url", "connector_token", "BINDBEE_BASE_URL"])
    def test_a_repository_chooses_neither_host_nor_token(self, load, key):
        assert key in refusal(load, f"{key}: https://evil.example").message

    def test_an_unknown_field_in_ignore_changes(self, load):
        assert refusal(load, "ignore_changes: [nmae]").hint == "Did you mean 'name'?"
        assert "departments" in refusal(load, "ignore_changes: [sync]").hint

    def test_an_unknown_rule(self, load):
        error = refusal(load, "rules:", "  greenhouse/opening-high: off")
        assert error.hint == "Did you mean 'greenhouse/openings-high'?"

    @pytest.mark.parametrize(
        "rule",
        [
            "yaml/syntax",
            "yaml/duplicate-key",
            "schema/type",
            "reference/not-found",
            "reference/user-disabled",
            "identity/name-collision",
            "identity/closed-target",
            "identity/unverifiable-templates",
            "ledger/vanished",
            "ledger/rejected-unchanged",
        ],
    )
    def test_rules_that_guard_creating_cant_be_lowered(self, load, rule):
        assert rule in refusal(load, f"rules: {{{rule}: off}}").message

    @pytest.mark.parametrize(
        "rule", ["yaml/syntax", "schema/type", "reference/not-found", "identity/id-not-found"]
    )
    def test_nor_be_made_warnings(self, load, rule):
        assert rule in refusal(load, f"rules: {{{rule}: warning}}").message

    @pytest.mark.parametrize(
        ("rule", "severity"),
        [
            ("identity/closed-target", "warning"),
            ("identity/closed-target", "error"),
            ("ledger/vanished", "error"),
            ("reference/not-found", "error"),
        ],
    )
    def test_what_they_are_already_and_graver_is_allowed(self, load, rule, severity):
        assert load(f"rules: {{{rule}: {severity}}}").severities == {rule: Severity(severity)}


class TestYaml:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("version: 1\njobs: [\n", ":2:7"),
            ("version: 1\nversion: 1\n", ":2:1"),
            ("version: 1\n---\nversion: 1\n", ":2:1"),
            ("version: 1\njobs: !!python/name:os.system x\n", ":2:7"),
            ("version: 1\njobs: *nothing\n", ":2:7"),
        ],
    )
    def test_faults_have_a_place(self, load, text, place):
        assert refusal(load, text).where == FILE_NAME + place

    @pytest.mark.parametrize("text", ["\n", "# nothing\n", "- version\n", "version\n\n"])
    def test_a_file_without_keys(self, load, text):
        assert "version: 1" in refusal(load, text).hint

    @pytest.mark.parametrize(
        "content",
        [
            b"version: 1\njobs: \xff\n",
            b"version: " + b"9" * 5000 + b"\n",
            b"version: 1\njobs: " + b"[" * 20000 + b"\n",
            b"version: 1\n# " + b"x" * (1 << 20),
            b'version: 1\njobs: "a\\0b"\n',
            b'version: 1\nledger: "a\\0b"\n',
            b'version: 1\nledger: "git+origin#a\\0b"\n',
            b"version: 1\n\x00",
        ],
        ids=lambda content: repr(content[:20]),
    )
    def test_odd_bytes_are_an_error_and_no_crash(self, repo, content):
        (repo / FILE_NAME).write_bytes(content)
        with pytest.raises(ConfigError) as refused:
            load_settings(None, {}, repo)
        assert refused.value.hint

    def test_a_byte_order_mark_is_fine(self, repo):
        (repo / FILE_NAME).write_bytes(b"\xef\xbb\xbfversion: 1\nregion: eu\n")
        assert load_settings(None, {}, repo).base_url == "https://api-eu.bindbee.dev"

    def test_a_value_in_an_error_is_not_printed_at_any_length(self, load):
        assert len(refusal(load, f"region: {'x' * 5000}").message) < 300


class TestDiscovery:
    def test_the_nearest_one_above_counts(self, load, repo):
        load("jobs: outer")
        load("jobs: inner", at=repo / "team")
        deep = repo / "team/sub/sub"
        deep.mkdir(parents=True)
        settings = load_settings(None, {}, deep)
        assert (settings.jobs, settings.root) == (repo / "team/inner", repo)

    def test_not_above_the_root_of_the_repository(self, repo):
        (repo.parent / FILE_NAME).write_text("version: 1\njobs: stranger\n")
        inside = repo / "sub"
        inside.mkdir()
        with pytest.raises(ConfigError, match="above the repository"):
            load_config(None, {}, inside)

    def test_a_worktrees_git_file_is_a_root_too(self, tmp_path):
        (tmp_path / FILE_NAME).write_text("version: 1\njobs: stranger\n")
        tree = tmp_path / "tree"
        tree.mkdir()
        (tree / ".git").write_text("gitdir: elsewhere\n")
        with pytest.raises(ConfigError, match="above the repository"):
            load_config(None, {}, tree)

    def test_outside_a_repository_only_the_working_directory(self, tmp_path):
        (tmp_path / FILE_NAME).write_text("version: 1\njobs: here\n")
        below = tmp_path / "below"
        below.mkdir()
        assert load_settings(None, {}, tmp_path).jobs == tmp_path / "here"
        with pytest.raises(ConfigError, match="above the working directory"):
            load_config(None, {}, below)

    def test_another_one_can_be_named_and_its_paths_are_relative_to_it(self, load, repo, tmp_path):
        load("jobs: x", at=repo / "team")
        settings = load_settings(repo / "team" / FILE_NAME, {}, tmp_path)
        assert (settings.jobs, settings.root) == (repo / "team/x", repo)

    @pytest.mark.parametrize("missing", ["none.yaml", "folder"])
    def test_one_that_cant_be_read(self, repo, missing):
        (repo / "folder").mkdir()
        with pytest.raises(ConfigError) as refused:
            load_settings(repo / missing, {}, repo)
        assert missing in refused.value.where
        assert refused.value.hint


class TestPathsStayInside:
    @pytest.mark.parametrize("key", ["jobs", "ledger"])
    @pytest.mark.parametrize("path", ["../out", "/etc", "a/../../out", "link/out", "link", "up/../../../x"])
    def test_a_path_that_leads_out_is_refused(self, load, repo, key, path):
        repo.mkdir(exist_ok=True)
        (repo / "link").symlink_to(repo.parent)
        error = refusal(load, f"{key}: {path}")
        assert f"'{key}'" in error.message
        assert error.where == f"{FILE_NAME}:2:1"

    def test_a_folder_that_begins_with_the_repositorys_name_is_outside(self, load, repo):
        refusal(load, f"jobs: ../{repo.name}-other")

    @pytest.mark.parametrize("path", ["team/jobs", "./jobs", "team/../jobs", "in"])
    def test_one_inside_is_fine(self, load, repo, path):
        (repo / "real").mkdir()
        (repo / "in").symlink_to(repo / "real")
        assert load(f"jobs: {path}").jobs.is_relative_to(repo)

    @pytest.mark.parametrize("key", ["jobs", "ledger"])
    def test_a_loop_of_links_is_an_error(self, load, repo, key):
        (repo / "loop").symlink_to(repo / "loop")
        with suppress(ConfigError):  # what Python 3.13 and later do not call a loop is a path inside
            assert getattr(load(f"{key}: loop/x"), key).is_relative_to(repo)

    @pytest.mark.parametrize("path", [".git/config", ".git/hooks/pre-commit", "sub/../.git/x", ".GIT/x"])
    def test_what_git_keeps_for_itself_is_no_place_for_a_ledger(self, load, path):
        assert "git" in refusal(load, f"ledger: {path}").message

    def test_from_a_subfolder_the_repository_is_the_bound(self, load, repo):
        assert load("jobs: ../jobs", at=repo / "team").jobs == repo / "jobs"
        refusal(lambda *lines: load(*lines, at=repo / "team"), "jobs: ../../jobs")


class TestLedger:
    def test_a_remotes_name_and_a_branch(self, load):
        assert load("ledger: git+origin#bindbee-sync-ledger").ledger == GitLedger(
            remote="origin", branch="bindbee-sync-ledger"
        )
        assert load("ledger: git+my.remote_2-x#a/b").ledger == GitLedger(remote="my.remote_2-x", branch="a/b")

    @pytest.mark.parametrize(
        "remote",
        [
            "https://evil.example/x.git",
            "git@evil.example:x.git",
            "ssh://evil.example/x",
            "ext::sh -c id",
            "../other",
            "/srv/other",
            "..",
            ".",
            "-upload-pack=id",
            "--exec=id",
            "a b",
            "a\\nb",
        ],
    )
    def test_a_config_can_name_no_url_or_path_or_option(self, load, remote):
        assert "remote" in refusal(load, f'ledger: "git+{remote}#branch"').message

    @pytest.mark.parametrize("value", ["git+origin", "git+#branch", "git+origin#", "git+"])
    def test_half_of_one_is_refused(self, load, value):
        assert "git+origin#" in refusal(load, f'ledger: "{value}"').hint

    @pytest.mark.parametrize("branch", ["a..b", "-x", "a b", "@{-1}", "a~1", "a.lock", "a\\nb", "/a"])
    def test_what_git_takes_for_no_branch_is_refused(self, load, branch):
        assert "branch" in refusal(load, f'ledger: "git+origin#{branch}"').message

    @pytest.mark.parametrize(
        "remote",
        [
            "https://host.example/x.git",
            "git@host.example:x.git",
            "ssh://git@host.example/x",
            "/srv/x.git",
            "origin",
        ],
    )
    def test_the_environment_may_name_a_url(self, load, remote):
        settings = load("ledger: kept", BINDBEE_LEDGER=f"git+{remote}#ledger")
        assert settings.ledger == GitLedger(remote=remote, branch="ledger")

    def test_but_no_option(self, load):
        error = refusal(load, BINDBEE_LEDGER="git+--upload-pack=id#ledger")
        assert error.where == "BINDBEE_LEDGER"

    def test_a_path_in_the_environment_is_as_in_the_config_and_may_lie_outside(self, load, repo, tmp_path):
        assert load("ledger: kept", BINDBEE_LEDGER="elsewhere").ledger == repo / "elsewhere"
        outside = tmp_path / "mounted/ledger"
        assert load(BINDBEE_LEDGER=str(outside)).ledger == outside

    def test_an_empty_variable_is_not_set(self, load, repo):
        assert load("ledger: kept", BINDBEE_LEDGER="").ledger == repo / "kept"


class TestBaseUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "https://api.bindbee.dev",
            "https://proxy.corp.example:8443/bindbee",
            "http://127.0.0.1:8080",
            "http://127.8.9.10",
            "http://localhost:1",
            "http://LOCALHOST",
            "http://[::1]:9000",
            "HTTPS://api.bindbee.dev",
        ],
    )
    def test_https_anywhere_and_http_on_loopback(self, load, url):
        assert load(BINDBEE_BASE_URL=url).base_url == url
        assert load(BINDBEE_BASE_URL=f" {url}/\n").base_url == url

    @pytest.mark.parametrize(
        "url",
        [
            "http://api.bindbee.dev",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://evil.example/127.0.0.1",
            "http://[::ffff:127.0.0.1]",
            "http://[::1%25eth0]",
            "http://[::2]",
            "http://0.0.0.0",
            "http://128.0.0.1",
            "http://2130706433",
            "http://0x7f.1",
            "http://127.1",
            "http://\u4e01\u4e8c.example",
        ],
    )
    def test_http_elsewhere_is_refused(self, load, url):
        error = refusal(load, BINDBEE_BASE_URL=url)
        assert error.where == "BINDBEE_BASE_URL"

    @pytest.mark.parametrize(
        "url",
        [
            "https://user@api.bindbee.dev",
            "https://user:secret@api.bindbee.dev",
            "https://@api.bindbee.dev",
            "http://127.0.0.1:80@evil.example",
            "http://127.0.0.1\\@evil.example",
            "http://localhost\\.evil.example",
            "https://api.bindbee.dev?x=1",
            "https://api.bindbee.dev?",
            "https://api.bindbee.dev#x",
            "https://api.bindbee.dev/#",
            "https://api.bindbee.dev:port",
            "https://api.bindbee.dev:99999",
            "https://",
            "https:///x",
            "https://[::1",
            "https://exa mple",
            "https://exa\nmple",
            "http://local\thost",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "api.bindbee.dev",
            "//api.bindbee.dev",
            "javascript:alert(1)",
            "https://\u202eapi.example",
        ],
    )
    def test_what_is_no_plain_address_of_a_host_is_refused(self, load, url):
        error = refusal(load, BINDBEE_BASE_URL=url)
        assert error.where == "BINDBEE_BASE_URL"
        assert "secret" not in error.message + error.hint

    def test_an_empty_one_is_not_set(self, load):
        assert load("region: eu", BINDBEE_BASE_URL="").base_url == "https://api-eu.bindbee.dev"

    def test_the_environment_beats_the_region(self, load):
        assert load("region: eu", BINDBEE_BASE_URL="http://127.0.0.1:9").base_url == "http://127.0.0.1:9"


class TestSecretsAndCi:
    BOTH = {"BINDBEE_API_KEY": " key-1 \n", "BINDBEE_CONNECTOR_TOKEN": "token-1"}  # noqa: RUF012 - never changed

    def test_are_read_without_white_space_and_not_shown(self, load):
        api_key, token = read_api_key(self.BOTH), read_token(load(), self.BOTH, alone=True)
        assert api_key.get_secret_value() == "key-1"
        assert token.secret.get_secret_value() == "token-1"
        assert "key-1" not in repr(api_key)
        assert "token-1" not in repr(token)

    @pytest.mark.parametrize("missing", ["BINDBEE_API_KEY", "BINDBEE_CONNECTOR_TOKEN"])
    @pytest.mark.parametrize("value", [None, "", "  "])
    def test_a_missing_one_is_named(self, load, missing, value):
        environment = {name: text for name, text in self.BOTH.items() if name != missing}
        if value is not None:
            environment[missing] = value
        read = {
            "BINDBEE_API_KEY": lambda: read_api_key(environment),
            "BINDBEE_CONNECTOR_TOKEN": lambda: read_token(load(), environment, alone=True),
        }
        with pytest.raises(ConfigError) as refused:
            read[missing]()
        assert refused.value.where == missing
        assert "token-1" not in str(refused.value)

    @pytest.mark.parametrize(("value", "in_ci"), [("true", True), ("1", True), ("false", True), ("", False)])
    def test_ci_is_what_is_not_empty(self, load, value, in_ci):
        assert load(CI=value).in_ci is in_ci
