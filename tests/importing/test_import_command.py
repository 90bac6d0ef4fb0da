"""`import` over real HTTP: the sandbox's 40 jobs become files, and the plan after it is clean."""

from __future__ import annotations

import re

import pytest

from bindbee_sync.sandbox import seed

OPEN_JOBS = 34
CLOSED_JOBS = 5
CONFIDENTIAL = seed.job_id("Chief Financial Officer")


def files(repo):
    return {path.relative_to(repo.path).as_posix(): path.read_bytes() for path in repo.path.rglob("*.yaml")}


def imported(repo, *arguments):
    return repo.run("import", "--format", "json", *arguments)


def assert_clean(repo, *, unmanaged=1, unmanaged_closed=0):
    plan = repo.plan("--detailed-exitcode")
    summary = plan.json["summary"]
    assert plan.code == 0, plan.json["diagnostics"]
    assert summary.pop("in_sync") == len(plan.json["entries"])
    assert summary == dict.fromkeys(summary, 0) | {
        "unmanaged": unmanaged,
        "unmanaged_closed": unmanaged_closed,
    }
    assert {found["rule"] for found in plan.json["diagnostics"]} <= {"reference/user-disabled"}
    validated = repo.run("validate", "--format", "json")
    assert (validated.code, validated.json["diagnostics"]) == (0, [])


@pytest.mark.parametrize("plain_urls", [False, True])
@pytest.mark.parametrize("options", [(), ("--by-department",)])
def test_all_jobs_become_files_and_the_plan_is_clean(repo, sandbox, options, plain_urls):
    repo.config("provider: greenhouse\n")
    sandbox.settings(plain_urls=plain_urls)
    sandbox.sync()
    first = imported(repo, *options)
    assert first.code == 0
    assert len(first.json["written"]) == OPEN_JOBS
    assert [each["id"] for each in first.json["skipped"]] == [CONFIDENTIAL]
    assert_clean(repo, unmanaged_closed=CLOSED_JOBS)

    before = files(repo)
    second = imported(repo, *options)
    assert (second.code, second.json["written"]) == (0, [])
    assert files(repo) == before

    closed = imported(repo, *options, "--status", "closed")
    assert len(closed.json["written"]) == CLOSED_JOBS
    assert files(repo).items() > before.items()
    assert_clean(repo)
    assert sandbox.creates() == []


def test_it_needs_no_jobs_folder_and_no_ledger(repo):
    (repo.path / "jobs").rmdir()
    ran = repo.run("import")
    assert ran.code == 0
    assert f"{OPEN_JOBS} files written; now run `bindbee-sync plan`." in ran.out
    assert {path.name for path in repo.path.iterdir()} == {".git", "jobs"}


def test_what_a_file_looks_like(repo):
    imported(repo, "PPL-135", "SAL-120", "--by-department")
    job = seed.job_id("Talent Acquisition Partner")
    assert (repo.path / "jobs/people/talent-acquisition-partner-ppl-135.yaml").read_text(
        encoding="utf-8"
    ) == (
        "# yaml-language-server: $schema=../../bindbee-sync.schema.json\n"
        "name: Talent Acquisition Partner\n"
        "code: PPL-135\n"
        "status: OPEN\n"
        "job_posting_urls:\n"
        "  - https://boards.halden-robotics.example/jobs/4010135\n"
        "confidential: false\n"
        "departments:\n"
        "  - People\n"
        "offices:\n"
        "  - Lisbon\n"
        "hiring_managers:\n"
        "  - lena.hoffmann@halden-robotics.example\n"
        "recruiters:\n"
        "  - marta.silva@halden-robotics.example\n"
        "  - tom.becker@halden-robotics.example\n"
        "sync:\n"
        f"  id: {job}\n"
        '  remote_id: "4010135"\n'
        "# Bindbee does not show these of a job: openings, template_id, remote_user_id.\n"
        "description: |-\n"
        "  You will own a part of how Halden Robotics works, and explain it to others.\n"
    )
    ambiguous = (repo.path / "jobs/enablement/sales-enablement-lead-sal-120.yaml").read_text(encoding="utf-8")
    department = seed.bindbee_id(seed.CONNECTOR_ID, "departments", 4001007)
    assert f"departments:\n  - {department}  # Enablement\n" in ambiguous


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        (["ENG-101"], ["backend-engineer-eng-101"]),
        (["4010101", "eng-102"], ["backend-engineer-eng-101", "frontend-engineer-eng-102"]),
        ([seed.job_id("UX Researcher").upper()], ["ux-researcher"]),
        (["product  MANAGER"], ["product-manager-prd-111", "product-manager-prd-112"]),
        (["*-dsg-113"], ["product-designer-dsg-113"]),
        (["*researcher"], ["ux-researcher"]),
        (["Account Executive"], ["account-executive-4010116", "account-executive-sal-115"]),
    ],
)
def test_jobs_are_meant_by_id_number_code_name_address_and_glob(repo, wanted, paths):
    ran = imported(repo, *wanted)
    assert [each["address"] for each in ran.json["written"]] == paths
    assert [each["path"] for each in ran.json["written"]] == [f"jobs/{path}.yaml" for path in paths]


def test_an_address_does_not_depend_on_what_was_imported_before(repo):
    imported(repo, seed.job_id("UX Researcher"), "4010117", "--status", "CLOSED", "--status", "OPEN")
    imported(repo, "4010116")
    assert {"jobs/account-executive-4010116.yaml", "jobs/account-executive-4010117.yaml"} <= files(
        repo
    ).keys()


def test_what_is_asked_for_and_not_written_is_said(repo):
    imported(repo, "ENG-101")
    ran = repo.run("import", "ENG-101", "ENG-107", "--format", "json")
    assert ran.code == 1
    assert ran.json["written"] == []
    reasons = {each["id"]: each["reason"] for each in ran.json["skipped"]}
    assert "jobs/backend-engineer-eng-101.yaml already manages it" in reasons[seed.job_id("Backend Engineer")]
    assert "--status CLOSED" in reasons[seed.job_id("Security Engineer")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["*engineer", "--status", "DRAFT"], " {} are OPEN (add `--status OPEN`)"),
        (["security*"], " 1 is CLOSED (add `--status CLOSED`)."),
        (["ENG-107", "--status", "ARCHIVED"], "it is CLOSED: add --status CLOSED."),
        (["backend-*"], " 1 has a file already."),
        (["--status", "ARCHIVED"], " 1 has a file already, {} are CLOSED (add `--status CLOSED`), "),
    ],
)
def test_why_there_is_nothing_to_write_is_said(repo, arguments, said):
    imported(repo, "ENG-101")
    ran = repo.run("import", *arguments)
    assert ran.code == ("it is CLOSED" in said)  # a job that was named one by one
    assert re.search(re.escape(said).replace("\\{\\}", r"\d+"), ran.out), ran.out
    assert "Nothing to write." in ran.out


@pytest.mark.parametrize("wanted", ["NO-SUCH", "FIN-138", "Chief*", "TPL-MGR", "Template: Internship"])
def test_what_matches_nothing_is_an_error(repo, wanted):
    ran = imported(repo, wanted)
    assert ran.code == 1
    assert ran.json["error"]["hint"]
    assert files(repo) == {}


def test_a_status_that_no_job_has_is_an_error(repo):
    assert "OPEN" in imported(repo, "--status", "CLOSE").json["error"]["hint"]
    assert imported(repo, "--status", "ARCHIVED").json["written"] == []


def test_a_confidential_job_is_written_only_by_its_id(repo):
    everything = repo.run("import", "--by-department")
    assert CONFIDENTIAL in everything.out
    assert "Chief" not in everything.out + everything.err
    assert "FIN-138" not in everything.out + everything.err
    assert not any(b"Chief" in text for text in files(repo).values())
    ran = imported(repo, CONFIDENTIAL)
    (written,) = ran.json["written"]
    assert b"\nconfidential: true\n" in files(repo)[written["path"]]
    assert_clean(repo, unmanaged=0, unmanaged_closed=CLOSED_JOBS)


def test_inherited_values_make_no_drift(repo):
    repo.write(
        "_defaults",
        "status: DRAFT\noffices: [Berlin]\ndescription: Ours\nrecruiters: [Ada Okafor]\nopenings: 1\n"
        "job_posting_urls: [https://example.test]\nremote_user_id: Ada Okafor\nconfidential: true\n",
    )
    repo.write("finance-legal/_defaults", "description: Theirs\n")
    imported(repo, "--by-department")
    text = files(repo)["jobs/finance-legal/legal-counsel-fin-137.yaml"].decode()
    assert "\ndescription: null  # " in text
    assert_clean(repo, unmanaged_closed=CLOSED_JOBS)


ODD = [
    "<p>a</p>\r\n\r\n<p>b</p>\r\n",
    "ends without a break",
    "  leading\n\ttab\n",
    "trailing   \n\n\n",
    "---\n...\n# no comment\n- x: y\n",
    "\u2028 \u2029 \x85 \ufeff \x1b[31m \u202e 🤖",
    "'\" \\ \\n {{ }} %",
    " \n \n",
    "\n\nstarts late",
]


def test_odd_texts_survive(repo, sandbox):
    sandbox.add_jobs(
        [
            {
                "name": f"Odd {index}: {text[:20]!r} #",
                "requisition_id": f"ODD {index} /\\:*?",
                "description": text,
            }
            for index, text in enumerate(ODD)
        ]
        + [
            {"name": name, "requisition_id": code}
            for name, code in (
                ("null", "null"),
                ("~", "No"),
                ("True", "0x1F"),
                ("CON", "con"),
                ("x", "x" * 300),
            )
        ]
        + [
            {"name": " Spaced  out ", "requisition_id": " S-1 "},
            {"name": "İstanbul ﬁ ǅ", "requisition_id": "._-"},
        ]
    )
    sandbox.sync()
    ran = imported(repo)
    assert [each["id"] for each in ran.json["skipped"]] == [CONFIDENTIAL]
    assert_clean(repo, unmanaged_closed=CLOSED_JOBS)
    assert {"jobs/con-con.yaml", "jobs/istanbul-fi-dz.yaml"} <= files(repo).keys()


@pytest.mark.parametrize(
    ("codes", "statuses"),
    [
        (("REQ-1", "REQ-1"), ("open", "open")),
        (("REQ-1", "REQ-1"), ("open", "closed")),
        (("REQ-1", " req-1"), ("open", "open")),
    ],
)
def test_jobs_that_share_a_code_are_told_apart_before_and_after_an_apply(repo, sandbox, codes, statuses):
    sandbox.add_jobs(
        [
            {"name": f"Twin {number}", "requisition_id": code, "status": status}
            for number, (code, status) in enumerate(zip(codes, statuses, strict=True))
        ]
    )
    sandbox.sync()
    written = imported(repo).json["written"] + imported(repo, "--status", "CLOSED").json["written"]
    assert len(written) == OPEN_JOBS + CLOSED_JOBS + 2
    assert_clean(repo)
    assert repo.apply().code == 0
    assert_clean(repo)
    twin = next(each["address"] for each in written if each["address"].startswith("twin-"))
    repo.move(twin, "moved/twin")
    assert_clean(repo)
    assert sandbox.creates() == []


@pytest.mark.parametrize(
    ("code", "theirs", "name"),
    [
        ("REQ-1", "req-1", "Field Sales Lead II"),
        ("REQ-1", "REQ - 1", "Field Sales Lead II"),
        (None, None, "field  sales lead"),
    ],
)
def test_a_file_that_shares_the_code_or_name_has_to_name_its_job_first(repo, sandbox, code, theirs, name):
    repo.job("sales/lead", "Field Sales Lead", code)
    repo.apply()
    sandbox.sync()
    (entry,) = repo.apply().json["entries"]
    other = sandbox.add_job(name=name, requisition_id=theirs)
    sandbox.sync()
    (left,) = imported(repo, str(other["id"])).json["skipped"]
    command = f"bindbee-sync import --into sales/lead {entry['id']}"
    assert command in left["reason"]
    assert repo.run(*command.split()[1:]).code == 0
    assert len(imported(repo, str(other["id"])).json["written"]) == 1
    plan = repo.plan()
    assert (plan.code, set(plan.outcomes.values())) == (0, {"in_sync"})


@pytest.mark.parametrize("wanted", ["sales/sales-manager", "Sales/*"])
def test_the_address_of_a_lost_file_is_known_to_the_ledger(repo, sandbox, wanted):
    repo.job("sales/sales-manager", "Regional Sales Manager", "SLS-1")
    repo.apply()
    sandbox.sync()
    repo.apply()
    repo.write("sales/sales-manager", "").unlink()
    (written,) = imported(repo, wanted).json["written"]
    assert written["path"] == "jobs/sales/sales-manager.yaml"
    assert repo.plan().outcomes == {"sales/sales-manager": "in_sync"}
    again = imported(repo, "SLS-1")
    assert "jobs/sales/sales-manager.yaml already manages it" in again.json["skipped"][0]["reason"]


def test_existing_files_and_folders_are_left_as_they_are(repo):
    ours = repo.write(
        "backend-engineer-eng-101", "# ours\nname: Field Sales Lead\ncode: NEW-1\n"
    ).read_bytes()
    repo.write("Sales/lead", "name: Field Sales Lead\ncode: NEW-2\n")
    imported(repo, "ENG-101", "SAL-118")
    imported(repo, "SAL-115", "--by-department")
    found = files(repo)
    assert found["jobs/backend-engineer-eng-101.yaml"] == ours
    assert {
        "jobs/backend-engineer-eng-101-4010101.yaml",
        "jobs/Sales/account-executive-sal-115.yaml",
    } <= found.keys()


def test_a_name_that_is_taken_in_other_letters_is_not_used(repo):
    (repo.path / "jobs/Frontend-Engineer-ENG-102.YML").write_bytes(b"not read")
    assert imported(repo, "ENG-102").json["written"][0]["address"] == "frontend-engineer-eng-102-4010102"


def test_a_job_that_a_file_may_stand_for_is_left_to_a_person(repo):
    repo.job("sales/exec", "Account Executive")
    ran = imported(repo, "SAL-115", "4010116")
    assert ran.json["written"] == []
    for each in ran.json["skipped"]:
        assert f"--into sales/exec {each['id']}" in each["reason"]
    repo.job("sales/exec", "Account Executive")
    text = (repo.path / "jobs/sales/exec.yaml").read_text(encoding="utf-8")
    ids = [seed.bindbee_id(seed.CONNECTOR_ID, "jobs", number) for number in (4010115, 4010116)]
    repo.write("sales/exec", f"{text}sync: {{distinct_from: [{', '.join(ids)}]}}\n")
    assert len(imported(repo, "SAL-115", "4010116").json["written"]) == 2


def test_a_file_that_can_not_be_read_stops_it(repo):
    repo.write("broken", "name: [\n")
    ran = imported(repo)
    assert ran.code == 1
    assert "jobs/broken.yaml" in ran.json["error"]["message"]
    assert list(files(repo)) == ["jobs/broken.yaml"]


def test_a_job_that_an_uncertain_create_may_have_made_is_left(repo, sandbox):
    repo.job("sales/lead", "Field Sales Lead", "LEAD-1")
    sandbox.settings(code="dropped")
    sandbox.fault("lose", when="after")
    assert repo.apply().code == 3
    sandbox.edit_job(max(job["id"] for job in sandbox.source_jobs()), name="Renamed in the ATS")
    sandbox.sync()
    ran = imported(repo, "Renamed in the ATS")
    assert ran.json["written"] == []
    assert "sales/lead" in ran.json["skipped"][0]["reason"]


def test_nothing_is_written_through_a_link_that_leads_out(repo, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo.path / "jobs/engineering").symlink_to(outside)
    ran = imported(repo, "ENG-101", "--by-department")
    assert ran.code == 1
    assert "link" in ran.json["error"]["message"]
    assert list(outside.iterdir()) == []


def test_no_half_file_is_left_where_writing_fails(repo, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    ran = imported(repo, "ENG-101")
    assert ran.code == 1
    assert "No space left" in ran.json["error"]["message"]
    assert list((repo.path / "jobs").iterdir()) == []


def test_doubts_about_the_list_are_passed_on(repo, sandbox):
    sandbox.reset(synced="first_partial")
    ran = imported(repo)
    assert "connector/never-synced" in {found["rule"] for found in ran.json["diagnostics"]}
