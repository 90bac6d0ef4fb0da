"""What each field makes of what is written, and each bad input with its rule and place."""

import pytest

from bindbee_sync.desired.load import load_text
from bindbee_sync.diagnostics import Place
from bindbee_sync.job_file import CREATE_FIELDS, PostingUrl


def load(content):
    return load_text(content, address="sales/manager")


def found(content):
    return [(d.rule, d.place.line, d.place.column) for d in load(content).diagnostics]


def only(content):
    file = load(content)
    assert len(file.diagnostics) == 1, file.diagnostics
    return file.diagnostics[0]


def test_a_whole_job_file():
    file = load(
        "name: Sales Manager\n"
        "description: |\n  First\n  Second\n"
        "code: SM-1\n"
        "status: OPEN\n"
        "job_posting_urls:\n  - https://a.example\n  - {value: https://b.example, url_type: INDEED}\n"
        "confidential: false\n"
        "departments: [Sales]\n"
        "offices: []\n"
        "template_id: Standard\n"
        "remote_user_id: a@example.com\n"
        "openings: 2\n"
        "sync:\n  remote_id: 12\n  ignore_changes: [status]\n  distinct_from: [34, x]\n"
    )
    assert file.diagnostics == ()
    spec = file.spec
    assert spec.description == "First\nSecond\n"
    assert spec.job_posting_urls == (
        PostingUrl(value="https://a.example"),
        PostingUrl(value="https://b.example", url_type="INDEED"),
    )
    assert (spec.confidential, spec.openings, spec.offices, spec.recruiters) == (False, 2, (), None)
    assert (spec.sync.remote_id, spec.sync.ignore_changes) == ("12", ("status",))
    assert spec.sync.distinct_from == ("34", "x")
    assert file.path == "jobs/sales/manager.yaml"
    assert file.place("job_posting_urls", 1, "value") == Place(file.path, 9, 13)
    assert file.key_place("sync", "remote_id") == Place(file.path, 17, 3)
    assert file.place("recruiters") == Place(file.path, 1, 1)


@pytest.mark.parametrize(
    "written", ["007", "NO", "yes", "1e3", "2026-01-01", "true", "0x1F", ".nan", "12:30", "-1"]
)
def test_text_fields_keep_the_characters(written):
    file = load(
        f"name: {written}\ncode: {written}\ndepartments: [{written}]\n"
        f"job_posting_urls: [{written}]\nsync: {{id: {written}}}\n"
    )
    assert file.diagnostics == ()
    assert (file.spec.name, file.spec.code, file.spec.departments) == (written, written, (written,))
    assert file.spec.job_posting_urls == (PostingUrl(value=written),)
    assert file.spec.sync.id == written


@pytest.mark.parametrize("null", ["", "~", "null", "Null", "NULL"])
@pytest.mark.parametrize("key", [*CREATE_FIELDS, "sync"])
def test_null_is_not_set_and_its_key_has_a_place(key, null):
    file = load(f"# first\n{key}: {null}\n")
    assert file.diagnostics == ()
    assert file.spec == load("{}").spec
    assert file.key_place(key) == Place(file.path, 2, 1)


def test_a_quoted_null_and_a_text_tag_are_text():
    assert load("name: 'null'").spec.name == "null"
    assert load("name: !!str ~").spec.name == "~"
    assert load("name: ! true").spec.name == "true"
    assert found("openings: !!str 2") == [("schema/type", 1, 11)]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1", 1),
        ("+2", 2),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("9" * 18, int("9" * 18)),
        ("!!int '3'", 3),
    ],
)
def test_openings(written, number):
    file = load(f"openings: {written}")
    assert (file.spec.openings, file.diagnostics) == (number, ())


@pytest.mark.parametrize("written", ["0", "-1", "-007", "0x0", "+0"])
def test_openings_below_one(written):
    finding = only(f"name: x\nopenings: {written}")
    assert finding.rule == "schema/openings-positive"
    assert (finding.place.line, finding.place.column, finding.field) == (2, 11, "openings")
    assert finding.address == "sales/manager"


@pytest.mark.parametrize(
    "written",
    [
        "'2'",
        "2.0",
        ".nan",
        "1e999",
        "9" * 19,
        "9" * 5000,
        "-" + "9" * 5000,
        "1_000",
        "0b1",
        "-0x1",
        "٣",
        "many",
        "[1]",
        "{a: 1}",
    ],
)
def test_what_is_no_number_of_openings(written):
    file = load(f"openings: {written}")
    assert found(f"openings: {written}") == [("schema/type", 1, 11)]
    assert file.spec.openings is None
    assert file.readable
    assert len(file.diagnostics[0].message) < 200


@pytest.mark.parametrize("written", ["true", "True", "TRUE", "false", "False", "FALSE"])
def test_confidential(written):
    assert load(f"confidential: {written}").spec.confidential is (written.lower() == "true")


@pytest.mark.parametrize("written", ["yes", "'true'", "on", "1", "tRUE", "[true]"])
def test_what_is_not_confidential(written):
    assert found(f"confidential: {written}") == [("schema/type", 1, 15)]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("departments: Sales", (1, 14)),
        ("departments: {a: b}", (1, 14)),
        ("departments: [a, ~]", (1, 18)),
        ("departments:\n  - a\n  -\n  - c\n", (3, 4)),
        ("departments: [a, [b]]", (1, 18)),
        ("departments: [a, {b: c}]", (1, 18)),
        ("name: [a]", (1, 7)),
        ("name:\n  first: a", (2, 3)),
        ("sync: abc", (1, 7)),
        ("sync: [abc]", (1, 7)),
        ("sync:\n  distinct_from: abc", (2, 18)),
        ("job_posting_urls: a", (1, 19)),
        ("job_posting_urls: [~]", (1, 20)),
        ("job_posting_urls: [[a]]", (1, 20)),
        ("job_posting_urls: [a, {url_type: b}]", (1, 23)),
        ("job_posting_urls: [{value: ~}]", (1, 20)),
        ("job_posting_urls: [{value: [a]}]", (1, 28)),
        ("? [a]\n: b", (1, 3)),
        ("? {a: 1}\n: b", (1, 3)),
        ("sync: {? [a] : b}", (1, 10)),
        ('description: "a\\0b"', (1, 14)),
        ('departments: [a, "\\0"]', (1, 18)),
    ],
)
def test_wrong_types(content, place):
    assert found(content) == [("schema/type", *place)]
    assert only(content).hint


def test_a_wrong_list_says_how_to_write_one():
    finding = only("departments: Sales")
    assert finding.message == "'departments' must be a list, not 'Sales'"
    assert "departments: [Sales]" in finding.hint
    assert finding.field == "departments"


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "\\ud83d\\ude00"])
def test_a_surrogate_is_an_error_whichever_parser_reads_it(escape):
    finding = only(f'name: "{escape}"')
    assert finding.rule in ("schema/type", "yaml/syntax")  # the C parser refuses it by itself
    assert (finding.place.line, finding.place.column) == (1, 7)


@pytest.mark.parametrize("key", ["name", "code"])
@pytest.mark.parametrize("blank", ["''", '"  "', '"\\t"', '"\\u00a0\\u2003"', "|\n\n"])
def test_blank_names_and_codes(key, blank):
    assert found(f"{key}: {blank}") == [(f"schema/empty-{key}", 1, 7)]


def test_bidirectional_and_zero_width_characters_are_data():
    text = "a\u202eb\u200bc\ufeffd\u2028e\u2029f\x85g"
    for content in (f"description: {text}", f"description: '{text}'", f'description: "{text}"'):
        file = load(content + "\ncode: x")
        assert (file.spec.description, file.diagnostics) == (text, ())
        assert file.key_place("code").line == 2


@pytest.mark.parametrize(
    ("content", "place", "hint"),
    [
        ("departmnts: [a]", (1, 1), "Did you mean 'departments'?"),
        ("name: x\nNAME: y", (2, 1), "Did you mean 'name'?"),
        ("sync:\n  remoteid: 1", (2, 3), "Did you mean 'remote_id'?"),
        ("job_posting_urls: [{value: a, type: b}]", (1, 31), None),
        ("sync:\n  ignore_changes: [name, stats]", (2, 26), "Did you mean 'status'?"),
        ("sync: {ignore_changes: [sync]}", (1, 25), None),
        ("a: &a {name: x}\n<<: *a", (2, 1), "merge keys"),
        ("'': x", (1, 1), None),
    ],
)
def test_unknown_fields(content, place, hint):
    findings = [d for d in load(content).diagnostics if (d.place.line, d.place.column) == place]
    assert [d.rule for d in findings] == ["schema/unknown-field"]
    assert hint is None or hint in findings[0].hint


@pytest.mark.parametrize(
    ("content", "place", "field"),
    [
        ("name: a\ncode: b\nname: c", (3, 1), "name"),
        ("sync:\n  id: a\n  id: b", (3, 3), "sync"),
        ("name: a\nnonsense: {deep: [{x: 1, x: 2}]}", (2, 26), None),
        ("name: a\n'name': c", (2, 1), "name"),
    ],
)
def test_duplicate_keys_at_any_depth(content, place, field):
    findings = [d for d in load(content).diagnostics if d.rule == "yaml/duplicate-key"]
    assert [(d.place.line, d.place.column, d.field) for d in findings] == [(*place, field)]


def test_the_first_of_two_keys_holds():
    file = load("name: a\nname: 2\nsync: {id: x, id: y}")
    assert (file.spec.name, file.spec.sync.id, file.readable) == ("a", "x", True)


def test_all_faults_are_reported_and_what_is_sound_stays():
    file = load("name: x\nopenings: no\ncode: ' '\nwrong: 1\nsync: {id: a, bad: b, ignore_changes: 1}")
    assert [(d.rule, d.place.line, d.place.column) for d in file.diagnostics] == [
        ("schema/type", 2, 11),
        ("schema/empty-code", 3, 7),
        ("schema/unknown-field", 4, 1),
        ("schema/unknown-field", 5, 15),
        ("schema/type", 5, 39),
    ]
    assert (file.spec.name, file.spec.code, file.spec.sync.id) == ("x", None, "a")


def test_long_values_are_cut_in_messages():
    assert len(only(f"openings: {'x' * 100_000}").message) < 200
    assert len(only(f"? {'x' * 100_000}\n: a").message) < 200


def test_a_repeated_value_is_reported_where_it_is_repeated():
    assert found("name: &n x\nopenings: *n") == [("schema/type", 2, 11)]
    assert load("name: &n x\ncode: *n").spec.code == "x"


def test_columns_count_characters():
    assert found("# 😀\n{description: '😀\ufeff🚀', nme: x}") == [("schema/unknown-field", 2, 22)]
