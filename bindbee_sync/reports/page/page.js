"use strict";
// Search and filters, on top of a page that is complete without them.
(() => {
  const form = document.getElementById("filter");
  const items = [...document.querySelectorAll("[data-item]")];
  if (!items.length) return;
  const sections = [...new Set(items.map((item) => item.closest("section")))];
  const batches = [...document.querySelectorAll(".many .batch")];
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const search = document.getElementById("search");
  const selects = ["department", "office", "outcome"]
    .map((name) => document.getElementById(name))
    .filter(Boolean);
  let texts;

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) texts ??= items.map((item) => item.textContent.toLowerCase());
    const wanted = selects.filter((select) => select.value).map((select) => [select.id, select.value]);
    const alive = new Map();
    let count = 0;
    items.forEach((item, index) => {
      const fits =
        wanted.every(([name, value]) => item.dataset[name].split(" ").includes(value)) &&
        words.every((word) => texts[index].includes(word));
      if (item.hidden === fits) item.hidden = !fits;
      if (fits) {
        count += 1;
        for (const home of [item.parentElement, item.closest("section")]) {
          alive.set(home, (alive.get(home) ?? 0) + 1);
        }
      }
    });
    sections.forEach((section) => {
      section.hidden = !alive.has(section);
    });
    // what a browser has not laid out yet counts as high as it will be, roughly
    batches.forEach((batch) => {
      batch.hidden = !alive.has(batch);
      batch.style.containIntrinsicBlockSize = `${16 * (alive.get(batch) ?? 0)}rem`;
    });
    nothing.hidden = count > 0;
    const number = (value) => value.toLocaleString("en");
    shown.textContent = `${number(count)} of ${number(items.length)} jobs shown`;
  };

  search.addEventListener("input", apply);
  selects.forEach((select) => select.addEventListener("change", apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();
})();
