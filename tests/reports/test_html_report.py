"""The page for a hiring manager, as a document: complete, self-contained, and inert whatever a text says."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import pytest
from hostile import CORPUS, Skeleton, unseen
from report_plans import (
    BERLIN,
    SALES,
    company_plan,
    create,
    drifted,
    finding,
    in_sync,
    large_plan,
    orphaned,
    plan,
    uncertain,
)

from bindbee_sync.bindbee.models import Job
from bindbee_sync.desired.revision import Base
from bindbee_sync.planning.model import Outcome, Step, StepKind
from bindbee_sync.reports.html import description_html, plan_html
from bindbee_sync.reports.plan_view import plan_view


def page_of(html):
    page = Skeleton()
    page.feed(html)
    page.close()
    return page


def test_it_shows_jobs_as_postings_and_what_stays_as_it_is():
    html = plan_html(plan_view(company_plan()))
    told = " ".join(" ".join(page_of(html).prose).split())
    for words in (
        "3 jobs, 4 openings, will be created in Sales, Engineering and Design",
        "Robot Safety Engineer Engineering · Lisbon, Remote (Europe) · 2 openings",
        "Our arms work beside people.",
        "Hiring manager (not taken by Greenhouse) Mei Lin",
        "Recruiter (not taken by Greenhouse) Jonas Weber",
        "In the ATS In the file Status CLOSED OPEN",
        "Uncertain for 3 days. It may or may not have been created.",
        "No job file manages 24 open jobs and 13 closed in the ATS.",
        "it never changes or deletes a job in the ATS",
    ):
        assert words in told


def test_it_loads_nothing_and_its_policy_names_its_own_script_and_style_only():
    html = plan_html(plan_view(company_plan()))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)[1].replace(
        "&#39;", "'"
    )
    hashes = {}
    for tag in ("style", "script"):
        [text] = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        hashes[tag] = f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
    assert policy == (
        f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = page_of(html)
    assert {link for link in page.links if not link.startswith("#")} == set()
    assert "http://" not in html
    assert "https://" not in html
    assert " style=" not in html
    assert not {name for _, *names in page.tags for name in names if name.startswith("on")}


def test_headings_descend_one_step_at_a_time_and_ids_are_unique():
    for base in (
        None,
        Base(revision="m", commit="1" * 40, changed=frozenset({"sales/regional-lead"}), removed=()),
    ):
        html = plan_html(plan_view(company_plan(), base))
        levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'aria-labelledby="([^"]+)"', html)) <= set(ids)


def test_what_this_change_does_stands_apart():
    base = Base(revision="main", commit="1" * 40, changed=frozenset({"sales/regional-lead"}), removed=())
    html = plan_html(plan_view(company_plan(), base))
    mine, before = html.split("Already there before this change")
    assert "Regional Sales Lead" in mine
    assert "Robot Safety Engineer" not in mine.split("<main")[1]
    assert "Robot Safety Engineer" in before


def test_jobs_without_a_file_are_listed_on_request():
    jobs = [
        Job(id="u1", name="Buyer", code="B-1", status="OPEN"),
        Job(id="u2", name="Secret role", code="S-1", status="DRAFT", confidential=True),
    ]
    html = plan_html(plan_view(plan(unmanaged=jobs), unmanaged=True))
    told = " ".join(" ".join(page_of(html).prose).split())
    assert "Unmanaged 2" in told
    assert "Buyer B-1 OPEN u1 (confidential) DRAFT u2" in told
    assert "Secret" not in html
    assert "S-1" not in html
    assert "Unmanaged 0 None." in " ".join(
        " ".join(page_of(plan_html(plan_view(plan(), unmanaged=True))).prose).split()
    )
    assert "u1" not in plan_html(plan_view(plan(unmanaged=jobs)))


def test_html_in_a_description_keeps_its_structure_alone():
    html = description_html(
        '<h2 onclick="x()">About</h2><p style="color:red">We <b>build</b><script>alert(1)</script></p>'
        '<ul><li>one<li>two</ul><a href="javascript:alert(1)">link</a><img src=x onerror=alert(1)>'
        "<iframe src=https://evil.example></iframe><form><input></form><svg onload=alert(1)>"
    )
    page = page_of(html)
    assert {tag for tag, *_ in page.tags} <= {
        *("div", "p", "strong", "b", "ul", "li"),
        *("/div", "/p", "/strong", "/b", "/ul", "/li"),
    }
    assert {name for _, *names in page.tags for name in names} == {"class", "dir"}
    assert "alert" not in html
    assert "About" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b and c > d", "<p>a &lt; b and c &gt; d</p>"),
        ("R&D <3 robots", "<p>R&amp;D &lt;3 robots</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("first line\nsecond line", "<p>first line<br>second line</p>"),
        ("**You will** lead _four_ people", "<p><strong>You will</strong> lead <em>four</em> people</p>"),
        (
            "## About us\n\n- robots\n- people",
            "<p><strong>About us</strong></p><ul><li>robots</li><li>people</li></ul>",
        ),
        (
            "[us](https://us.example) ![x](https://x.example/p.png)",
            "<p>[us](https://us.example) ![x](https://x.example/p.png)</p>",
        ),
        ("    indented, as from a letter", "<p>indented, as from a letter</p>"),
    ],
)
def test_a_description_that_is_no_html_is_markdown_with_its_lines(text, shown):
    html = description_html(text)
    assert re.sub(r"\n", "", html) == f'<div class="rich" dir="auto">{shown}</div>'


@pytest.mark.parametrize(
    "text", ["<div>" * 40_000, "<ul><li>" * 25_000, "<p><div>" * 25_000, "[" * 200_000, "> " * 99_000]
)
def test_a_description_of_any_shape_costs_little(text):
    began = time.process_time()
    html = description_html(text)
    assert time.process_time() - began < 2
    assert "<div><div><div>" not in html


def full_of(text):
    return plan(
        create(f"a/{text}", name=text, code=text, description=text, path=f"jobs/{text}"),
        create("a/b", name="b", description=f"<p>first</p>{text}<p>last</p>", departments=["D"]),
        drifted(f"d/{text}", name=text, desired=text, actual=[text, None]),
        uncertain(f"u/{text}", name=text, waits_for=text),
        diagnostics=[finding(1, message=text, hint=text, path=text, address=text)],
        orphaned=[orphaned(text, name=text)],
        unmanaged=[Job(id="9", name=text, code=text, status=text)],
        names={SALES: text, BERLIN: text + " more", "D": text},
    )


HARMLESS = page_of(plan_html(plan_view(full_of("Sales Manager"), unmanaged=True)))
FREE = {
    f"{slash}{tag}"
    for slash in ("", "/")
    for tag in (
        "code",
        "p",
        "b",
        "strong",
        "em",
        "br",
        "hr",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "div",
        "td",
        "tr",
    )
}


@pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))
def test_hostile_texts_are_text(text):
    html = plan_html(plan_view(full_of(text), unmanaged=True))
    page = page_of(html)
    assert unseen(html, but="\n") == set()
    assert page.comments == []
    shape = [tag for tag in page.tags if tag[0] not in FREE]
    assert shape == [tag for tag in HARMLESS.tags if tag[0] not in FREE]
    assert page.links == HARMLESS.links
    assert attributes(page) == attributes(HARMLESS)


def attributes(page):
    return {(tag, *names) for tag, *names in page.tags if tag in FREE and names}


def test_a_large_plan_is_complete_without_script():
    html = plan_html(plan_view(large_plan(300, 30, 20)))
    assert html.count('<article class="job"') == 300
    assert html.count('<article class="drift"') == 30
    assert "Something is wrong here, for the 20th time" in html


def test_it_is_written_where_it_is_asked_for(repo):
    repo.job("sales/new", "New role", "N-1")
    ran = repo.plan("--html", "page.html")
    assert ran.code == 0
    html = (repo.path / "page.html").read_text(encoding="utf-8")
    assert "1 job will be created in Sales" in html
    assert "New role" in html
    refused = repo.plan("--html", "no/such/folder/page.html")
    assert refused.code == 1
    assert "can't be written" in refused.json["error"]["message"]


def test_a_job_in_sync_says_what_is_left_to_do_by_hand_and_a_blocked_one_what_blocks_it():
    change = {"field": "openings", "old": 2, "new": 5, "reason": "Bindbee does not list this field"}
    step = Step(kind=StepKind.CHANGE, address="sales/same", name="Same", code=None, **change)
    blocked = replace(create("b"), outcome=Outcome.BLOCKED)
    error = finding(message="It has no department", address="b")
    page = plan_html(plan_view(replace(plan(in_sync(), blocked, diagnostics=[error]), steps=(step,))))
    assert '<p dir="auto">By hand: change openings from 2 to 5</p>' in page
    assert '<p dir="auto">It has no department</p></li>' in page
