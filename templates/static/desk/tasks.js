// Keys and selection for lists, and forms that go out once. Everything here works without it, by mouse and by tab.
import { onKeys } from "./keys.js";

const list = document.querySelector("[data-desk-tasks]");
const rows = list ? [...list.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a")) : [];
let here = -1;

function goTo(number) {
  if (!rows.length) return;
  rows[here]?.classList.remove("is-here");
  here = Math.max(0, Math.min(rows.length - 1, number));
  rows[here].classList.add("is-here");
  rows[here].querySelector("a").focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}

function pick() {
  const box = rows[here]?.querySelector("input[type=checkbox]");
  if (box) {
    box.checked = !box.checked;
    showPicked();
  }
}

if (list) onKeys({ j: () => goTo(here + 1), k: () => goTo(here - 1), x: pick });

for (const [number, row] of rows.entries()) {
  row.addEventListener("focusin", () => {
    rows[here]?.classList.remove("is-here");
    here = number;
    row.classList.add("is-here");
  });
}

const picked = document.querySelector("[data-desk-picked]");
const all = document.querySelector("[data-desk-all]");
const boxes = rows.map((row) => row.querySelector("input[type=checkbox]")).filter(Boolean);

function showPicked() {
  if (!picked) return;
  const number = boxes.filter((box) => box.checked).length;
  picked.hidden = number === 0;
  const count = picked.querySelector("[data-desk-count]");
  count.textContent = `${number} ${count.dataset.words}`;
  if (all) {
    all.checked = number > 0 && number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  }
}

for (const box of boxes) box.addEventListener("change", showPicked);
all?.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
  showPicked();
});
showPicked();
window.addEventListener("pageshow", showPicked);

for (const select of document.querySelectorAll("[data-desk-filter] select, [data-desk-filter] input[type=checkbox]")) {
  select.addEventListener("change", () => {
    // Another service asked other questions: filters by its answers stay behind.
    if (select.name === "service") for (const box of select.form.querySelectorAll("[name^='answer-']")) box.disabled = true;
    select.form.requestSubmit();
  });
}

// A double click sends a form once.
for (const form of document.querySelectorAll("[data-desk-once]")) {
  form.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.deskAsk;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-desk-once]")) delete form.dataset.sent;
});

// Unsaved words are not lost by a slip.
const kept = document.querySelector("[data-desk-keep]");
if (kept) {
  let changed = false;
  kept.addEventListener("input", () => { changed = true; });
  kept.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
