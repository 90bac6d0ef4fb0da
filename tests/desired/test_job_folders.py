"""Which files are jobs, what they inherit, and what is said about the rest."""

import os
import time
import unicodedata
from pathlib import Path, PurePosixPath

import pytest

from bindbee_sync.desired.defaults import FolderDefaults
from bindbee_sync.desired.load import load_jobs, load_text
from bindbee_sync.diagnostics import Place, Severity
from bindbee_sync.errors import ToolError


@pytest.fixture
def write(tmp_path):
    def write(name, content="name: x\n"):
        file = tmp_path / "jobs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        return file

    return write


@pytest.fixture
def load(tmp_path):
    return lambda: load_jobs(tmp_path / "jobs", tmp_path)


def ignored(desired):
    assert {d.rule for d in desired.diagnostics} <= {"files/ignored"}
    assert {d.severity for d in desired.diagnostics} <= {Severity.WARNING}
    assert all(d.place.line == d.place.column == 1 for d in desired.diagnostics)
    return [d.place.path for d in desired.diagnostics]


def test_addresses(write, load):
    for name in [
        "b.yml",
        "a.yaml",
        "sales/emea/x.yaml",
        "sales/v1.2.yaml",
        "c.yaml.yml",
        "d.yaml/e.yaml",
        "sales.yaml",
    ]:
        write(name)
    write("README.md")
    desired = load()
    assert [f.address for f in desired.files] == [
        "a", "b", "c.yaml", "d.yaml/e", "sales", "sales/emea/x", "sales/v1.2",
    ]  # fmt: skip
    assert desired.files[-2].path == "jobs/sales/emea/x.yaml"
    assert desired.diagnostics == ()


def test_two_suffixes_of_one_address_are_both_there(write, load):
    write("a.yml")
    write("a.yaml")
    assert [(f.address, f.path) for f in load().files] == [("a", "jobs/a.yaml"), ("a", "jobs/a.yml")]


def test_an_address_is_composed_and_a_path_is_not(write, load):
    name = unicodedata.normalize("NFD", "büro/café.yaml")
    write(name)
    (file,) = load().files
    assert file.address == unicodedata.normalize("NFC", "büro/café")
    assert file.path == "jobs/" + name


def test_the_nearest_default_wins(write, load):
    write("_defaults.yaml", "departments: [A, B]\noffices: [Berlin]\nopenings: 1\ntemplate_id: T\n")
    write("sales/_defaults.yaml", "departments: [C]\noffices: null\n")
    write("sales/eu/x.yaml", "name: x\nopenings: ~\n")
    write("y.yaml", "departments: []\n")
    eu, y = load().files
    assert (eu.spec.departments, eu.spec.offices, eu.spec.openings, eu.spec.template_id) == (
        ("C",),
        None,
        None,
        "T",
    )
    assert eu.place("departments", 0) == Place("jobs/sales/_defaults.yaml", 1, 15)
    assert eu.values.get(("departments", 1)) is None
    assert eu.key_place("offices") == Place("jobs/sales/_defaults.yaml", 2, 1)
    assert eu.key_place("openings") == Place("jobs/sales/eu/x.yaml", 2, 1)
    assert eu.place("template_id") == Place("jobs/_defaults.yaml", 4, 14)
    assert y.spec.departments == ()
    assert y.values.get(("departments", 0)) is None
    assert eu.diagnostics == y.diagnostics == ()


@pytest.mark.parametrize(
    ("content", "rule", "place"),
    [
        ("openings: 1\nname: x", "schema/unknown-field", (2, 1)),
        ("code: x", "schema/unknown-field", (1, 1)),
        ("sync: {id: x}", "schema/unknown-field", (1, 1)),
        ("openings: x", "schema/type", (1, 11)),
        ("- a", "schema/type", (1, 1)),
        ("offices: [", "yaml/syntax", (1, 10)),
        ("offices: [a]\noffices: [b]", "yaml/duplicate-key", (2, 1)),
    ],
)
def test_a_fault_of_defaults_is_told_once_and_stops_the_jobs_below(write, load, content, rule, place):
    write("sales/_defaults.yaml", content)
    for name in ["sales/a.yaml", "sales/eu/b.yaml", "c.yaml"]:
        write(name)
    desired = load()
    where = Place("jobs/sales/_defaults.yaml", *place)
    assert [(d.rule, d.place, d.address) for d in desired.diagnostics] == [(rule, where, None)]
    c, a, b = desired.files
    assert c.diagnostics == ()
    for file in (a, b):
        (finding,) = file.diagnostics
        assert (finding.rule, finding.place, finding.address) == (rule, where, file.address)
        assert finding.message == desired.diagnostics[0].message
        assert finding.is_error
        assert file.spec.name == "x"


def test_what_only_a_job_may_say_is_hinted_at(write, load):
    write("_defaults.yaml", "name: x")
    (finding,) = load().diagnostics
    assert finding.message == "'name' is not a field of a folder's defaults"
    assert "job's own file" in finding.hint


def test_every_rule_that_defaults_break_stops_the_jobs(write, load):
    write("_defaults.yaml", "nonsense: 1\nopenings: x\nofices: y")
    write("a.yaml")
    assert [d.rule for d in load().files[0].diagnostics] == ["schema/unknown-field", "schema/type"]


def test_one_broken_file_hides_no_other(write, load):
    write("a.yaml", "name: [")
    write("b.yaml", "name: b")
    a, b = load().files
    assert (a.readable, b.readable, b.spec.name) == (False, True, "b")


@pytest.mark.parametrize("name", ["_draft.yaml", "sales/_x.yml", "_defaults.yml"])
def test_reserved_names(write, load, name):
    write(name)
    desired = load()
    assert desired.files == ()
    assert [(d.rule, d.place) for d in desired.diagnostics] == [
        ("files/reserved-name", Place("jobs/" + name))
    ]
    assert desired.diagnostics[0].is_error


def test_hidden_files_are_told_and_not_read(write, load):
    for name in [".a.yaml", ".git/x/y.yml", ".git/config", "sales/.b.yaml", ".editorconfig", "C.YAML"]:
        write(name, "name: [")
    desired = load()
    assert desired.files == ()
    assert ignored(desired) == ["jobs/.a.yaml", "jobs/.git/x/y.yml", "jobs/C.YAML", "jobs/sales/.b.yaml"]


def test_links(tmp_path, write, load):
    write("real/a.yaml")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text("name: secret")
    jobs = tmp_path / "jobs"
    (jobs / "out.yaml").symlink_to(outside / "secret.yaml")
    (jobs / "out").symlink_to(outside)
    (jobs / "in").symlink_to(jobs / "real")
    (jobs / "up").symlink_to(jobs)
    (jobs / "gone.yaml").symlink_to("nowhere")
    (jobs / "loop.yaml").symlink_to("loop.yaml")
    (jobs / "b.yaml").symlink_to("real/a.yaml")
    (jobs / "via.yaml").symlink_to("out.yaml")
    desired = load()
    assert [f.address for f in desired.files] == ["b", "real/a"]
    assert ignored(desired) == [
        f"jobs/{name}" for name in ["gone.yaml", "in", "loop.yaml", "out", "out.yaml", "up", "via.yaml"]
    ]
    assert "secret" not in str(desired)


def test_a_ring_of_links_is_left_out_at_little_cost(tmp_path, load):
    jobs = tmp_path / "jobs"
    jobs.mkdir(exist_ok=True)
    for number in range(3_000):
        (jobs / f"{number}.yaml").symlink_to(f"{(number + 1) % 3_000}.yaml")
    began = time.process_time()
    desired = load()
    assert time.process_time() - began < 1
    assert desired.files == ()
    assert len(ignored(desired)) == 3_000


def test_the_jobs_folder_itself_may_be_a_link(tmp_path, write):
    write("a.yaml")
    (tmp_path / "link").symlink_to("jobs")
    desired = load_jobs(tmp_path / "link", tmp_path)
    assert [f.path for f in desired.files] == ["link/a.yaml"]


def test_odd_names(tmp_path, write, load):
    for name in ["new\nline.yaml", "\x1b[31m.yaml", "a b.yaml", "::error::.yaml", "\u202eb.yaml"]:
        write(name)
    with open(os.fsencode(tmp_path / "jobs") + b"/bad\xff.yaml", "w"):  # noqa: PTH123  # a name in bytes
        pass
    os.mkdir(os.fsencode(tmp_path / "jobs") + b"/f\xff")  # noqa: PTH102  # as above
    with open(os.fsencode(tmp_path / "jobs") + b"/f\xff/a.yaml", "w"):  # noqa: PTH123  # as above
        pass
    desired = load()
    assert len(desired.files) == 5
    assert ignored(desired) == ["jobs/bad\\udcff.yaml", "jobs/f\\udcff/a.yaml"]
    str(desired).encode()


def test_what_is_no_file_is_not_opened(tmp_path, write, load):
    write("a.yaml")
    os.mkfifo(tmp_path / "jobs" / "pipe.yaml")
    assert ignored(load()) == ["jobs/pipe.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(write, load):
    write("a.yaml").chmod(0)
    write("sales/b.yaml").parent.chmod(0)
    desired = load()
    write("sales/b.yaml").parent.chmod(0o700)
    assert [(d.rule, d.place) for d in desired.files[0].diagnostics] == [
        ("yaml/syntax", Place("jobs/a.yaml"))
    ]
    assert [(d.rule, d.place) for d in desired.diagnostics] == [("yaml/syntax", Place("jobs/sales"))]


def test_a_folder_that_may_not_be_listed(write, load, monkeypatch):
    write("a.yaml")
    write("sales/b.yaml")
    write(".git/c.yaml")
    listing = os.scandir

    def refuse(path):
        if Path(path).name != "jobs":
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr("os.scandir", refuse)
    desired = load()
    assert [f.address for f in desired.files] == ["a"]
    assert [(d.rule, d.place) for d in desired.diagnostics] == [("yaml/syntax", Place("jobs/sales"))]
    assert desired.diagnostics[0].is_error


def test_a_file_that_vanishes_meanwhile(write, load, monkeypatch):
    write("a.yaml")
    write("_defaults.yaml", "openings: 1")

    def vanish(*_args, **_kwargs):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("builtins.open", vanish)
    desired = load()
    assert [(d.rule, d.place) for d in desired.diagnostics] == [("yaml/syntax", Place("jobs/_defaults.yaml"))]
    (file,) = desired.files
    assert not file.readable
    assert [d.place.path for d in file.diagnostics] == ["jobs/_defaults.yaml", "jobs/a.yaml"]


def test_no_jobs_folder(tmp_path):
    with pytest.raises(ToolError) as raised:
        load_jobs(tmp_path / "jobs", tmp_path)
    assert (raised.value.where, bool(raised.value.hint)) == ("jobs", True)
    (tmp_path / "jobs").write_text("")
    with pytest.raises(ToolError, match="not a folder"):
        load_jobs(tmp_path / "jobs", tmp_path)


def test_an_empty_jobs_folder(tmp_path):
    (tmp_path / "jobs").mkdir()
    assert load_jobs(tmp_path / "jobs", tmp_path).files == ()


def test_many_files(write, load):
    for number in range(1000):
        write(
            f"team{number % 10}/job{number}.yaml", f"name: Job {number}\nopenings: 1\ndepartments: [Sales]\n"
        )
    began = time.process_time()
    assert len(load().files) == 1000
    assert time.process_time() - began < 20


def test_defaults_reach_any_depth():
    top = PurePosixPath("_defaults.yaml")
    defaults = FolderDefaults(
        lambda folder: (lambda: "openings: 2", str(top)) if folder == top.parent else None
    )
    deep = PurePosixPath("/".join("a" * 5_000))
    assert defaults.of(deep).layer.fields == {"openings": 2}


def test_a_value_that_is_not_there_has_the_place_of_what_is_around_it():
    file = load_text("departments: [A]\n", address="a")
    assert file.place("departments", 0).column == 15
    assert file.place("departments", 7).column == 14
    assert file.place("offices", 0) == Place("jobs/a.yaml")


@pytest.mark.parametrize("content", ["", "# openings: 2\n", "---\n"])
def test_defaults_that_are_all_in_comments_give_nothing(write, load, content):
    write("sales/_defaults.yaml", content)
    write("sales/a.yaml", "name: A\n")
    desired = load()
    assert desired.diagnostics == ()
    assert [file.spec.name for file in desired.files] == ["A"]
