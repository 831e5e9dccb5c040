// Shows and hides questions while the person answers, works out what is calculated, fills in the device's position.
// The server decides again when the page is sent; without this file everything works, with one page more.
import { answerFrom } from "./answers.js";
import { follow } from "./following.js";

const form = document.getElementById("filing");

const parsed = (text) => (text ? JSON.parse(text) : undefined);

// The questions as they stand on the page, once: rows are added and removed by the server.
function questionsIn(place) {
  const all = [...place.querySelectorAll("[data-key]")];
  return all.filter((element) => element.parentElement.closest("[data-key]") === place.closest("[data-key]")).map(question);
}

function question(element) {
  const { key, kind, showWhen, calculation, places } = element.dataset;
  const mark = element.querySelector(":scope > label > [data-require-when], :scope > legend > [data-require-when]");
  const rows = [...element.querySelectorAll(":scope > [data-row]")];
  return {
    name: key, key: rowKey(element), kind, element, mark, places: Number(places || 2),
    showWhen: parsed(showWhen), requireWhen: parsed(mark?.dataset.requireWhen), rule: parsed(calculation),
    rows: rows.length ? rows.map((row) => ({ code: row.dataset.code, questions: questionsIn(row) })) : undefined,
  };
}

// A column's key is what stands after "group-row-": conditions ask about it by that.
function rowKey(element) {
  const row = element.parentElement.closest("[data-row]");
  const group = row?.closest("[data-key]");
  return row ? element.dataset.key.slice(`${group.dataset.key}-${row.dataset.row}-`.length) : element.dataset.key;
}

function read({ name, kind, element, places }) {
  if (kind === "FILES") return hasFiles(element) ? [{}] : undefined;
  const values = {};
  for (const control of element.querySelectorAll("[name]")) {
    if (control.name !== name && !control.name.startsWith(`${name}-`)) continue;
    if (["radio", "checkbox"].includes(control.type) && !control.checked) continue;
    if (control.type === "hidden") continue;
    (values[control.name.slice(name.length + 1)] ||= []).push(control.value);
  }
  return answerFrom(kind, values, places);
}

function hasFiles(element) {
  return Boolean(element.querySelector(".files .file") || element.querySelector(".file-input")?.files.length);
}

function showWhatIsAsked(questions) {
  const found = follow(questions, parsed(form.dataset.known) || {}, read);
  const draw = (one) => {
    if (one.showWhen) one.element.hidden = one.element.disabled = !found.shown[one.name];
    if (one.requireWhen) one.mark.hidden = found.required[one.name];
    if (one.rule) showWorked(one, found.worked[one.name]);
    for (const row of one.rows || []) row.questions.forEach(draw);
  };
  questions.forEach(draw);
}

function showWorked({ element, rule }, value) {
  const output = element.querySelector("[data-value]");
  const words = value ? `${value} ${rule.unit}`.trim() : "";
  if (output.textContent === words) return;
  output.textContent = words;
  element.querySelector("[data-not-yet]").hidden = Boolean(words);
  // The numbers in it were those of the answers before; the rule itself stays true.
  const formula = element.querySelector("[data-formula]");
  if (formula) formula.textContent = formula.dataset.formula;
}

function offerPosition() {
  for (const button of form.querySelectorAll("[data-use-position]")) {
    const place = button.closest("[data-key]");
    const field = (suffix) => place.querySelector(`[name="${place.dataset.key}-${suffix}"]`);
    const words = place.querySelector("[data-position-words]");
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          takePosition(field, coords);
          words.textContent = button.dataset.taken.replace("{metres}", Math.round(coords.accuracy));
        },
        () => { words.textContent = button.dataset.notTaken; },
        { enableHighAccuracy: true, timeout: 15000 },
      );
    });
  }
}

// A place has two fields; a line gets one more line of text, so that walking along it makes its points.
function takePosition(field, { latitude, longitude }) {
  const points = field("points");
  if (points) {
    points.value = `${points.value.trimEnd()}\n${latitude.toFixed(6)}, ${longitude.toFixed(6)} `.trimStart();
    points.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  field("latitude").value = latitude.toFixed(6);
  field("longitude").value = longitude.toFixed(6);
  field("source").value = "DEVICE";
  field("latitude").dispatchEvent(new Event("change", { bubbles: true }));
}

// A point that was changed by hand is no longer the device's or the map's.
function forgetSource({ target }) {
  if (!/-(latitude|longitude)$/.test(target.name ?? "")) return;
  const place = target.closest("[data-key]");
  place.querySelector(`[name="${place.dataset.key}-source"]`).value = "";
}

// Whoever writes own words has chosen the answer that asks for them.
function tickOwnWords({ target }) {
  if (!target.name?.endsWith("-other") || !target.value.trim()) return;
  const own = target.closest("[data-key]").querySelector('input[value="OTHER"]');
  if (own) own.checked = true;
}

if (form) {
  form.addEventListener("input", tickOwnWords);
  form.addEventListener("input", forgetSource);
  const questions = questionsIn(form);
  const update = () => showWhatIsAsked(questions);
  form.addEventListener("change", update);
  form.addEventListener("input", (event) => { if (event.target.matches(".line")) update(); });
  update();
  if ("geolocation" in navigator) offerPosition();
  form.querySelector(".errors")?.focus();
}
