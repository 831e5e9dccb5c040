/*
 * The letter designer: inserting words from the case at the cursor, and asking the server for problems and pages
 * whenever something was typed. Without it the page shows both after saving.
 */
import { Retrying, usable } from "./retrying.js";

const form = document.querySelector("[data-letter-form]");
const beside = form?.querySelector("[data-letter-beside]");
const said = form?.querySelector("[data-letter-said]");
const isText = (box) => box?.matches?.("[data-language] textarea, [data-language] input, textarea[lang], input[lang]");
let last = null;
let waiting;
let latest = 0;

/* Where the cursor was: a button takes the focus away from the text it inserts into. */
form?.addEventListener("focusin", ({ target }) => {
  if (!isText(target)) return;
  last?.classList.remove("letter-last");
  last = target;
});

form?.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-letter-insert]");
  if (!button) return;
  if (!last?.isConnected) last = [...form.querySelectorAll(".letter-body textarea")].find((box) => isText(box) && box.offsetParent);
  if (!last) return;
  const words = button.dataset.letterInsert;
  last.focus();
  last.setRangeText(words, last.selectionStart, last.selectionEnd, "end");
  last.dispatchEvent(new Event("input", { bubbles: true }));
  last.classList.add("letter-last");
  said.textContent = `${said.dataset.inserted} ${words}`;
});

form?.querySelector("[data-letter-find]")?.addEventListener("input", ({ target }) => {
  const wanted = target.value.trim().toLowerCase();
  for (const group of form.querySelectorAll("[data-letter-group]")) {
    const lines = [...group.querySelectorAll("li")];
    for (const line of lines) line.hidden = !line.textContent.toLowerCase().includes(wanted);
    group.hidden = lines.every((line) => line.hidden);
  }
});

const retrying = new Retrying(ask);

async function ask() {
  const asked = ++latest;
  retrying.stop();
  try {
    const answer = await fetch(form.dataset.beside, { method: "POST", body: new FormData(form) });
    const words = await usable(answer).text();
    if (asked !== latest) return;
    retrying.answered();
    beside.innerHTML = words;
  } catch (error) {
    if (asked !== latest) return;
    if (!beside.querySelector("p[role=status]")) beside.insertAdjacentHTML("afterbegin", `<p class="desk-error" role="status"></p>`);
    beside.querySelector("p[role=status]").textContent = form.dataset.failed;
    retrying.after(error);
  }
}

for (const kind of ["input", "change"]) {
  form?.addEventListener(kind, ({ target }) => {
    if (target.closest("[data-letter-words]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 700);
  });
}
