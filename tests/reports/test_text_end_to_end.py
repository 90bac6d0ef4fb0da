"""What the commands print: the answer first, and foreign text as text, on a terminal and in a pipe."""

from __future__ import annotations

import re
import unicodedata

import pytest
from report_plans import plan
from rich.console import Console

from bindbee_sync.desired.values import oddity
from bindbee_sync.reports.plan_view import plan_view
from bindbee_sync.reports.text import TextReport

HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07",
    "\x9b2J\x01\x08\x7f",
    "\u202egnp.exe\u2066",
    "zero\u200bwidth\ufeff\u00ad\u2060",
    "two\nlines\r\n::error::forged",
    "\u2028\u2029\x85",
    "\ue000\U000e0041",
)
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def unseen(text):
    return sorted({char for char in text if unicodedata.category(char) in UNSEEN} - {"\n"})


def quoted(text):
    """Write text as a YAML scalar that holds any character."""
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_of_a_file_or_of_the_ats_acts_on_a_terminal(repo, sandbox, text):
    in_name = text.replace("/", "")
    job = sandbox.add_job(name=f"Remote {text}", requisition_id=f"R-{text}")
    sandbox.add_job(name=f"Unmanaged {text}", requisition_id=f"U-{text}")
    sandbox.sync()
    new = repo.job(f"new/{in_name}", "PLACEHOLDER", "N-1")
    found = oddity(text)
    sent = "plain" if found and found[1] else text  # no job is created with a name that does not show whole
    new.write_text(
        new.read_text().replace("PLACEHOLDER", quoted(f"New {sent}")).replace("N-1", quoted(f"N-{sent}"))
        + f"description: {quoted(text)}\n"
    )
    repo.write(f"drift/{in_name}", f"name: Other\nsync: {{id: {job['bindbee_id']}}}\n")
    repo.write(
        f"bad/{in_name}",
        f"{quoted(f'key{text}')}: 1\nname: {quoted(f'Bad {text}')}\nstatus: {quoted(text)}\n",
    )
    runs = [
        repo.run("validate"),
        repo.run("plan", "--unmanaged"),
        repo.run("plan", "--target", f"no{text}"),
        repo.run("plan", f"no{in_name}"),
        repo.run("plan", "--config", f"no{in_name}"),
        repo.run("rules", f"no{text}"),
        repo.run("apply", "--yes"),
    ]
    (repo.path / f"jobs/bad/{in_name}.yaml").unlink()
    sandbox.fault(
        status=422, body={"detail": [{"loc": ["body", "name", text], "msg": f"bad {text}", "type": "x"}]}
    )
    runs += [repo.run("apply", "--yes"), repo.run("ledger", "list"), repo.run("ledger", "show", "*")]
    sandbox.fault("lose")
    runs += [repo.run("apply", "--yes"), repo.run("plan"), repo.run("ledger", "list")]
    runs += [
        repo.run("ledger", "show", "*"),
        repo.run("ledger", "resolve", "new/*", "--not-created", "--why", text),
    ]
    runs += [repo.run("ledger", "release", "*"), repo.run("ledger", "release", f"x{text}")]
    sandbox.fault(on="get", status=403, body={"detail": f"no {text}"})
    runs += [repo.run("plan")]
    assert len(sandbox.creates()) == 2
    for ran in runs:
        assert not unseen(ran.out + ran.err), ran
        assert not any(line.startswith("::") for line in (ran.out + ran.err).splitlines())
    for ran in (repo.plan("--unmanaged"), repo.apply("--max-creates", "0")):
        assert not unseen(ran.out)


def everything(repo, sandbox):
    repo.job("a/pending", "Pending One", "A-1")
    repo.job("b/uncertain", "Uncertain Two", "B-1")
    sandbox.follow({"steps": [{"do": "pass"}, {"do": "lose"}]})
    assert repo.apply().code == 3
    repo.job("c/create", "Create Three", "C-1")
    repo.write("d/drifted", "name: Drifted Four\ncode: PRD-111\ndepartments: [Marketing]\n")
    repo.write("e/blocked", "name: Blocked Five\nnme: x\nopenings: 0\n")
    repo.write("f/same", "name: Account Executive\ncode: SAL-115\n")


def test_the_answer_comes_first_then_the_jobs_then_the_findings_by_file(repo, sandbox):
    everything(repo, sandbox)
    lines = repo.run("plan").out.splitlines()
    assert re.match(r"Greenhouse of Halden Robotics: Fix \d+ errors first; 1 job would be created", lines[0])
    assert "1 drifted, 1 pending, 1 uncertain, 1 blocked" in lines[0]
    assert lines[2] == ""
    jobs = [line.split()[1:3] for line in lines if re.match(r"  [+~.?!x=] ", line)]
    assert jobs == [
        ["pending", "a/pending"],
        ["uncertain", "b/uncertain"],
        ["to", "create"],
        ["drifted", "d/drifted"],
        ["blocked", "e/blocked"],
    ]
    text = "\n".join(lines)
    for name in ("Pending One", "Uncertain Two", "Create Three", "Drifted Four", "Blocked Five"):
        assert name in text
    assert "      departments: [Product] in the ATS, [Marketing] in the file" in lines
    headings = [line for line in lines if line.startswith("jobs/")]
    assert headings == ["jobs/d/drifted.yaml", "jobs/e/blocked.yaml"]
    blocked = lines[lines.index("jobs/e/blocked.yaml") :]
    assert any("2:1  error" in line and "[schema/unknown-field]" in line for line in blocked)
    assert any("3:11  error" in line and "[schema/openings-positive]" in line for line in blocked)
    assert any("Did you mean 'name'?" in line for line in blocked)


def test_what_an_apply_came_to_is_its_last_word(repo, sandbox):
    repo.job("a/one", "One", "A-1")
    ran = repo.run("apply", "--yes")
    *_, blank, first, hint = ran.out.splitlines()
    assert (blank, first) == ("", "1 job created")
    assert "next sync" in hint
    assert repo.run("apply", "--yes").out.splitlines()[-1] == "Nothing to create; nothing was sent"


def test_that_there_is_no_job_without_a_file_is_said(capsys):
    TextReport(Console()).plan(plan_view(plan(), unmanaged=True))
    assert "\nJobs in the ATS that no file manages: none\n" in capsys.readouterr().out


def test_an_address_in_a_command_to_paste_is_quoted(repo, sandbox):
    repo.job("a/x; touch owned", "One", "A-1")
    sandbox.fault("lose")
    repo.apply()
    (entry,) = repo.plan().json["entries"]
    assert "ledger resolve 'a/x; touch owned' --created" in entry["hold"]["way_out"]


def test_a_clean_check_is_one_line(repo):
    repo.config("provider: greenhouse\n")
    repo.job("a/one", "One", "A-1")
    ran = repo.run("validate")
    assert (ran.out, ran.err) == ("1 job file checked: 0 errors, 0 warnings.\n", "")


def test_of_very_many_findings_the_first_are_shown_and_the_rest_counted(repo):
    repo.write("sales/a", "name: A\n" + "".join(f"odd{number}: 1\n" for number in range(1_200)))
    ran = repo.run("validate")
    assert "1200 errors" in ran.out
    assert ran.out.count("[schema/unknown-field]") == 1_000
    assert ran.out.endswith("\n200 more findings; `--format json` has all of them\n")
    assert len(repo.run("validate", "--format", "json").json["diagnostics"]) == 1_200
