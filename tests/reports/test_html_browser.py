"""The page in a real browser: keyboard, filters, no request, no console message, nothing that runs.

`BINDBEE_SYNC_SCREENSHOTS=docs/images` also writes the pictures of the documentation there.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from math import inf
from pathlib import Path

import pytest
from hostile import CORPUS
from report_plans import company_plan, create, large_plan, plan

from bindbee_sync.reports.html import plan_html
from bindbee_sync.reports.plan_view import plan_view

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        BROWSER is None, reason="no browser: `apt-get install chromium` (or brew, dnf) runs these tests"
    ),
]


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="`pip install playwright` runs these tests")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def show(browser, tmp_path):
    """Open a plan's page; whatever it says or asks for makes the test fail."""
    contexts = []
    heard = []

    def open_page(made, **options):
        file = tmp_path / f"page-{len(contexts)}.html"
        file.write_text(plan_html(plan_view(made)), encoding="utf-8")
        context = browser.new_context(**({"viewport": {"width": 1100, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda asked: asked.url == file.as_uri() or heard.append(asked.url))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert heard == []


def names(page):
    return page.locator("article:visible > :first-child").all_inner_texts()


def test_filters_narrow_what_is_shown_and_reset_brings_it_back(show):
    page = show(company_plan())
    everything = names(page)
    assert len(everything) == 6
    page.get_by_label("Department").select_option("Engineering")
    assert names(page) == ["Robot Safety Engineer"]
    assert page.locator("#shown").inner_text() == "1 of 11 jobs shown"
    assert page.get_by_role("heading", name=re.compile("^Drifted")).count() == 0
    page.get_by_label("Department").select_option("All")
    page.get_by_label("Outcome").select_option("drifted")
    assert names(page) == ["Account Executive", "Site Reliability Engineer"]
    page.get_by_label("Office").select_option("Lisbon")
    assert page.get_by_text("No job matches").is_visible()
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function("() => document.getElementById('shown').textContent.startsWith('11 of')")
    assert names(page) == everything


def test_search_finds_words_of_the_description_and_people(show):
    page = show(company_plan())
    for words, found in (("SENSOR fails", "Robot Safety Engineer"), ("austria", "Regional Sales Lead")):
        page.get_by_label("Search").fill(words)
        assert names(page) == [found]


def test_everything_is_reached_by_keyboard_and_focus_is_seen(show):
    page = show(company_plan())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the jobs"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.type"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == ["search", "department", "office", "outcome", "reset"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("Dri")
    assert names(page) == ["Account Executive", "Site Reliability Engineer"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('shown').textContent.startsWith('11 of')")
    page.locator("#search").focus()
    page.keyboard.type("researcher")
    page.keyboard.press("Enter")
    assert names(page) == ["Design Researcher"]


def test_it_is_complete_without_script(show):
    page = show(company_plan(), java_script_enabled=False)
    assert len(names(page)) == 6
    assert not page.locator("#filter").is_visible()
    assert page.get_by_text("Our arms work beside people.").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_sticks_out_and_words_have_contrast(show, theme, width):
    long = create("a/long", name="Senior" * 30, description="x" * 400, code="C" * 90)
    page = show(
        plan(long, *company_plan().entries, names=company_plan().names),
        color_scheme=theme,
        viewport={"width": width, "height": 800},
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRASTS) >= 4.5


CONTRASTS = """() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = parse(color).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((parse(color)[3] ?? 1) > 0) return color;
    }
  };
  const worded = "h1, h2, h3, p, dt, dd, th, td, li, label, input, select, button, code";
  const ratios = [...document.querySelectorAll(worded)]
    .filter((element) => element.offsetParent && element.textContent.trim())
    .map((element) => [light(getComputedStyle(element).color), light(ground(element))])
    .map(([one, two]) => (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05));
  return Math.min(...ratios);
}"""


def test_hostile_names_and_descriptions_are_inert(show):
    texts = [*CORPUS, "<p>x</p><img src=x onerror=alert(1)><script>alert(2)</script>"]
    page = show(
        plan(
            *(
                create(
                    f"a/{number}", name=text, description=text, code=text, departments=[text], offices=[text]
                )
                for number, text in enumerate(texts)
            )
        )
    )
    assert page.locator("article.job").count() == len(texts)
    assert (
        page.locator("main img, main script, main iframe, main svg, main a[href^=http], main form").count()
        == 0
    )
    page.get_by_label("Search").fill("onerror")
    assert 2 <= page.locator("article:visible").count() < 9
    page.get_by_label("Department").select_option(index=3)


def test_a_large_plan_opens_within_3_seconds_and_filters_within_200_milliseconds(show):
    """Best of up to three, as other work may share the machine."""
    page = show(large_plan())

    def opens():
        before = time.perf_counter()
        page.reload()
        assert page.locator("#shown").inner_text() == "5,500 of 5,500 jobs shown"
        return time.perf_counter() - before

    assert any(opens() < 3 for _ in range(3))
    best = [inf] * 4
    for _ in range(3):
        run = page.evaluate(FILTERS)
        assert [told.split()[0] for _, told in run] == ["199", "5,500", "500", "5,500"]
        best = [min(known, took) for known, (took, _) in zip(best, run, strict=True)]
        if max(best) < 200:
            break
    assert max(best) < 200


FILTERS = """async () => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const shown = document.getElementById("shown");
  const search = document.getElementById("search");
  const outcome = document.getElementById("outcome");
  const took = [];
  for (const [field, event, value] of [
    [search, "input", "role number 42"], [search, "input", ""],
    [outcome, "change", "drifted"], [outcome, "change", ""],
  ]) {
    const before = performance.now();
    field.value = value;
    field.dispatchEvent(new Event(event));
    await painted();
    took.push([performance.now() - before, shown.textContent]);
  }
  return took;
}"""


def test_printed_it_shows_all_jobs_and_no_form(show):
    page = show(company_plan())
    page.emulate_media(media="print")
    assert len(names(page)) == 6
    assert not page.locator("#filter").is_visible()


@pytest.mark.skipif("BINDBEE_SYNC_SCREENSHOTS" not in os.environ, reason="no pictures are asked for")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_for_the_documentation(show, theme):
    page = show(company_plan(), color_scheme=theme, viewport={"width": 1000, "height": 1100})
    file = Path(os.environ["BINDBEE_SYNC_SCREENSHOTS"]) / f"report-{theme}.png"
    page.screenshot(path=file)
    assert file.stat().st_size < 300_000
