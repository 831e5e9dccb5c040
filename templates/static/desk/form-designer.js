/*
 * The editor of forms: keys that are made from the words once, lists of the questions that stand before, and what
 * uses an answer. The server has the last word about keys (portal_pages/designer/keys.py).
 */
import { Retrying, usable } from "./retrying.js";

const { Controller } = window.StimulusModule;

const TYPES = {
  WHOLE_NUMBER: "NUMBER",
  DECIMAL: "AMOUNT",
  MONEY: "AMOUNT",
  CALCULATED: "AMOUNT",
  DATE: "DAY",
  YES_NO: "YES_NO",
  DECLARATION: "YES_NO",
  CHOICE: "CHOICE",
  DELIVERY_CHOICE: "CHOICE",
  SEVERAL: "CHOICES",
  GROUP: "ROWS",
  TABLE: "ROWS",
  TIME: "TIME",
};
const LATIN = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ж: "zh", з: "z", и: "i", й: "y", к: "k", л: "l", м: "m", н: "n",
  о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "h", ц: "ts", ч: "ch", ш: "sh", щ: "sht", ъ: "a",
  ь: "y", ю: "yu", я: "ya", ł: "l", ø: "o", đ: "d", ß: "ss",
};
const LONGEST_KEY = 28;
const QUESTION = "[data-controller~='registra-question']";

const root = () => document.querySelector("[data-registra-state]");
const said = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");
const words = (name) => root()?.dataset[`registraWords${name}`] ?? "";
let usedElsewhere = {};

/* -- what stands in the editor now */

function isThere(element) {
  return !element.closest("[aria-hidden='true'][data-contentpath], [data-streamfield-child][aria-hidden='true']");
}

/** The words of a text, in the reader's language if they are written. */
function wordsOf(scope) {
  const boxes = [...(scope?.querySelectorAll("[data-registra-texts-target='text']") ?? [])].map((field) => [
    field.dataset.language,
    field.querySelector("input, textarea")?.value.trim() ?? "",
  ]);
  const written = boxes.filter(([, text]) => text);
  const mine = written.find(([language]) => language === document.documentElement.lang.split("-")[0]);
  return { mine: (mine ?? written[0])?.[1] ?? "", english: written.find(([language]) => language === "en")?.[1] };
}

function own(element, path) {
  return [...element.querySelectorAll(`[data-contentpath="${path}"]`)].find((part) => part.closest(QUESTION) === element);
}

const keyBox = (element) => own(element, "key")?.querySelector("input");

function optionsOf(element) {
  const list = own(element, "options");
  const options = [...(list?.querySelectorAll(".registra-option") ?? [])].filter(isThere).map((option) => ({
    value: option.querySelector("[data-registra-key]")?.value ?? "",
    label: wordsOf(option.querySelector("[data-contentpath='labels']")).mine,
  }));
  const other = own(element, "other");
  const label = other ? wordsOf(other).mine : "";
  return label ? [...options, { value: "OTHER", label }] : options;
}

function questions() {
  return [...document.querySelectorAll(QUESTION)].filter(isThere);
}

/** Everything that a condition or calculation may ask about, in the order of the form. */
function facts() {
  const common = said("registra-common-facts") ?? {};
  const found = [];
  for (const element of document.querySelectorAll(`${QUESTION}, [data-registra-common]`)) {
    if (!isThere(element)) continue;
    if (element.dataset.registraCommon) {
      for (const fact of common[element.dataset.registraCommon] ?? []) found.push({ ...fact, element, mayBeAsked: (part) => mayAsk(part, { element }) });
      continue;
    }
    const kind = element.dataset.registraQuestionKindValue;
    const key = keyBox(element)?.value;
    if (!key || kind === "INFORMATION") continue;
    const label = wordsOf(own(element, "labels")).mine || key;
    const row = element.parentElement.closest(QUESTION);
    const fact = {
      key,
      label: row ? `${wordsOf(own(row, "labels")).mine}: ${label}` : label,
      group: wordsOf(element.closest(".registra-page")?.querySelector("[data-contentpath='titles']")).mine,
      type: TYPES[kind] ?? "TEXT",
      options: optionsOf(element),
      element,
      row,
    };
    found.push({ ...fact, mayBeAsked: (part) => mayAsk(part, fact) });
  }
  return found;
}

/** Whether a part of the editor may ask about the fact: it stands before, and inside the same row if in one at all. */
function mayAsk(element, fact) {
  if (fact.element.contains(element)) return false;
  if (fact.row && !fact.row.contains(element)) return false;
  return Boolean(fact.element.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
}

let telling = 0;
let now = [];

function tell() {
  window.clearTimeout(telling);
  telling = window.setTimeout(() => {
    now = facts();
    const shown = now.filter((fact) => !["ROWS", "TIME"].includes(fact.type));
    document.dispatchEvent(new CustomEvent("registra:facts", { detail: { facts: shown } }));
    document.dispatchEvent(new CustomEvent("registra:questions"));
    for (const element of questions()) showUses(element);
    // Wagtail says "null" for a question without words.
    for (const title of document.querySelectorAll(".c-sf-block__title")) if (title.textContent === "null") title.textContent = "";
  }, 120);
}

/* -- keys */

function madeFrom(text) {
  const latin = [...text.toLowerCase()].map((letter) => LATIN[letter] ?? letter).join("");
  const plain = latin.normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
  let key = (plain.match(/[a-z0-9]+/g) ?? []).join("_").replace(/^[0-9_]+/, "");
  while (key.length > LONGEST_KEY && key.includes("_")) key = key.slice(0, key.lastIndexOf("_"));
  return key.slice(0, LONGEST_KEY).replace(/_+$/, "");
}

function notYet(key, taken) {
  if (!taken.has(key)) return key;
  let number = 2;
  while (taken.has(`${key}_${number}`)) number += 1;
  return `${key}_${number}`;
}

function takenBeside(element) {
  const group = element.parentElement.closest(QUESTION);
  const beside = questions().filter((one) => one !== element && one.parentElement.closest(QUESTION) === group);
  const given = said("registra-taken-keys") ?? [];
  const prefix = group ? `${keyBox(group)?.value}.` : "";
  return new Set([
    ...beside.map((one) => keyBox(one)?.value).filter(Boolean),
    ...given.map((key) => (key.startsWith(prefix) ? key.slice(prefix.length) : key)),
  ]);
}

/** Answers to choose from have codes: made once, like keys. */
function giveCodes(element) {
  const taken = new Set();
  for (const option of element.querySelectorAll(".registra-option")) {
    if (!isThere(option) || option.closest(QUESTION) !== element) continue;
    const box = option.querySelector("[data-registra-key]");
    const text = wordsOf(option.querySelector("[data-contentpath='labels']"));
    if ((!box.value || taken.has(box.value)) && text.mine) {
      box.value = notYet((madeFrom(text.english ?? text.mine) || "answer").toUpperCase(), taken);
    }
    if (box.value) taken.add(box.value);
  }
}

class RegistraQuestion extends Controller {
  static values = { kind: String };

  connect() {
    this.element.addEventListener("change", this.changed);
    const box = keyBox(this.element);
    // A copy brings the key of what it was copied from.
    if (box?.value && takenBy(this.element, box.value)) this.give(box);
    if (box?.value) this.element.dataset.known = "true";
    tell();
  }

  disconnect() {
    this.element.removeEventListener("change", this.changed);
    tell();
  }

  changed = (event) => {
    if (event.target.closest(QUESTION) !== this.element) return;
    const box = keyBox(this.element);
    if (box && !box.value) this.give(box);
    giveCodes(this.element);
    tell();
  };

  give(box) {
    const text = wordsOf(own(this.element, "labels"));
    if (!text.mine) return;
    const key = madeFrom(text.english ?? text.mine) || this.kindValue.toLowerCase();
    box.value = notYet(key, takenBeside(this.element));
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function takenBy(element, key) {
  const group = element.parentElement.closest(QUESTION);
  return questions().some(
    (one) => one !== element && one.parentElement.closest(QUESTION) === group && keyBox(one)?.value === key && one.dataset.known,
  );
}

/* -- picking a question, a table or a code */

class RegistraAnswer extends Controller {
  static values = { gives: String };

  connect() {
    document.addEventListener("registra:questions", this.refresh);
    this.refresh();
  }

  disconnect() {
    document.removeEventListener("registra:questions", this.refresh);
  }

  refresh = () => {
    const box = this.element.querySelector("input");
    if (!box) return;
    this.chooser ??= this.makeChooser(box);
    const choices = [["", words("Choose")], ...this.choices()];
    if (box.value && !choices.some(([value]) => value === box.value)) {
      choices.push([box.value, words("Gone").replace("{key}", box.value)]);
    }
    this.chooser.replaceChildren(...choices.map(([value, label]) => new Option(label, value, false, value === box.value)));
  };

  choices() {
    const wanted = this.givesValue.split(" ");
    if (wanted.includes("TABLE")) return tables();
    if (wanted.includes("COLUMN")) {
      return now.filter((fact) => fact.row && ["NUMBER", "AMOUNT"].includes(fact.type)).map((fact) => [fact.key, fact.label]);
    }
    const isLookedUp = Boolean(this.element.closest("[data-contentpath='by']"));
    return now
      .filter((fact) => (wanted.includes(fact.type) || (isLookedUp && ["CHOICE", "YES_NO"].includes(fact.type))) && mayAsk(this.element, fact))
      .map((fact) => [fact.key, fact.label]);
  }

  makeChooser(box) {
    return chooserInPlaceOf(box);
  }
}

/** A list to pick from instead of a box to type in; the box keeps what was picked. */
function chooserInPlaceOf(box) {
  const select = document.createElement("select");
  select.id = `${box.id}-choice`;
  box.hidden = true;
  box.after(select);
  const label = document.querySelector(`label[for="${CSS.escape(box.id)}"]`);
  if (label) label.htmlFor = select.id;
  select.addEventListener("change", () => {
    box.value = select.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return select;
}

/** The answers that a rate can stand for: those of every question with answers to choose from. */
class RegistraCodes extends Controller {
  connect() {
    document.addEventListener("registra:questions", this.refresh);
    this.refresh();
  }

  disconnect() {
    document.removeEventListener("registra:questions", this.refresh);
  }

  refresh = () => {
    const box = this.element.querySelector("input");
    if (!box) return;
    this.chooser ??= chooserInPlaceOf(box);
    const groups = now
      .filter((fact) => fact.type === "CHOICE" && fact.options.length)
      .map((fact) => {
        const group = document.createElement("optgroup");
        group.label = fact.label;
        group.append(...fact.options.filter((option) => option.value).map(({ value, label }) => new Option(label, value, false, value === box.value)));
        return group;
      });
    const isKnown = groups.some((group) => [...group.children].some((option) => option.value === box.value));
    const others = box.value && !isKnown ? [new Option(box.value, box.value, false, true)] : [];
    this.chooser.replaceChildren(new Option(words("Choose"), ""), ...groups, ...others);
    this.chooser.value = box.value;
  };
}

function tables() {
  return [...document.querySelectorAll("[data-registra-table]")].filter(isThere).map((table) => {
    const box = table.querySelector("[data-contentpath='key'] input");
    const { mine, english } = wordsOf(table.querySelector("[data-contentpath='titles']"));
    if (!box.value && mine) {
      const others = [...document.querySelectorAll("[data-registra-table] [data-contentpath='key'] input")];
      box.value = notYet(madeFrom(english ?? mine) || "rates", new Set(others.map((other) => other.value)));
    }
    return [box.value, mine || box.value];
  });
}

/* -- what uses an answer */

/** The questions whose conditions or calculations ask about the key, as they stand now: the key of each, and words. */
function askedBy(element, key) {
  return questions()
    .filter((other) => other !== element)
    .filter((other) => [...other.querySelectorAll("[data-registra-compare-target='fact'] input, [data-controller~='registra-answer'] input")]
      .some((box) => box.value === key && isThere(box) && box.closest(QUESTION) === other))
    .map((other) => ({ by: keyBox(other)?.value, label: wordsOf(own(other, "labels")).mine || keyBox(other)?.value }))
    .map(({ by, label }) => ({ by, words: words("Rules").replace("{label}", () => label) }));
}

function usesOf(element) {
  const key = keyBox(element)?.value;
  if (!key) return [];
  const asked = askedBy(element, key);
  const elsewhere = (usedElsewhere[key] ?? []).filter((use) => !asked.some((one) => one.by === use.by));
  return [...asked, ...elsewhere];
}

function inWords(uses) {
  return [...new Set(uses.map((use) => use.words))];
}

function showUses(element) {
  const uses = usesOf(element);
  let about = element.querySelector(":scope > .registra-question__about");
  if (!uses.length) {
    about?.remove();
    return;
  }
  if (!about) {
    about = document.createElement("p");
    about.className = "registra-question__about";
    element.prepend(about);
  }
  about.textContent = `${words("Used")} ${inWords(uses).join("; ")}`;
}

/** Before a question that is used elsewhere goes, the editor is told. */
function askBeforeRemoving(event) {
  const button = event.target.closest?.("[data-streamfield-action='DELETE']");
  const section = button?.closest("[data-streamfield-child], [data-contentpath]");
  if (!section) return;
  const inside = [...section.querySelectorAll(QUESTION)].filter(isThere);
  const goingToo = new Set(inside.map((element) => keyBox(element)?.value));
  const uses = inside.flatMap(usesOf).filter((use) => !goingToo.has(use.by));
  if (!uses.length) return;
  if (!window.confirm(`${words("Remove")}\n\n${inWords(uses).join("\n")}`)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else {
    window.setTimeout(tell, 500);
  }
}

/* -- the list of problems */

function goTo(event) {
  const link = event.target.closest?.("[data-registra-goto]");
  if (!link) return;
  const section = document.getElementById(`block-${link.dataset.registraGoto}-section`);
  if (!section) return;
  event.preventDefault();
  for (let at = section; at; at = at.parentElement.closest("[data-panel]")) {
    const toggle = at.querySelector("[data-panel-toggle]");
    if (toggle?.getAttribute("aria-expanded") === "false") toggle.click();
  }
  section.scrollIntoView({ block: "start" });
  section.querySelector("textarea, input:not([type=hidden]):not([readonly])")?.focus({ preventScroll: true });
}

const retrying = new Retrying(refreshState);

async function refreshState() {
  const address = root()?.dataset.registraState;
  if (!address) return;
  retrying.stop();
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    putState(await usable(answer).text());
    retrying.answered();
  } catch (error) {
    retrying.after(error);
  }
}

function putState(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const template of page.querySelectorAll("template[data-registra-part]")) {
    document.querySelector(`div[data-registra-part="${template.dataset.registraPart}"]`)?.replaceChildren(template.content.cloneNode(true));
  }
  usedElsewhere = JSON.parse(page.getElementById("registra-used-by-now")?.textContent || "{}");
  tell();
}

window.wagtail.app.register("registra-question", RegistraQuestion);
window.wagtail.app.register("registra-answer", RegistraAnswer);
window.wagtail.app.register("registra-codes", RegistraCodes);
document.addEventListener("click", askBeforeRemoving, { capture: true });
document.addEventListener("click", goTo);
document.addEventListener("w-autosave:success", refreshState);
document.addEventListener("change", tell);
document.addEventListener("DOMContentLoaded", tell);
usedElsewhere = said("registra-used-by") ?? {};
tell();
