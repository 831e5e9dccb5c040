// Earlier senders under the name's box (WAI-ARIA combobox), and a warning when a number is known under another name.

const PAUSE = 150;
const box = document.querySelector("[data-desk-senders]");
const address = box.dataset.deskSenders;
const name = box.querySelector("input");
const list = box.querySelector("[role=listbox]");
const said = box.querySelector("[data-desk-said]");
const form = name.form;
let offered = [];
let at = -1;
let waiting;
let asked = 0;

Object.entries({
  role: "combobox",
  "aria-autocomplete": "list",
  "aria-controls": list.id,
  "aria-expanded": "false",
}).forEach(([attribute, value]) => name.setAttribute(attribute, value));

async function ask(query) {
  const response = await fetch(`${address}?${new URLSearchParams(query)}`, { credentials: "same-origin" });
  return response.ok ? (await response.json()).senders : [];
}

function close() {
  list.hidden = true;
  at = -1;
  name.setAttribute("aria-expanded", "false");
  name.removeAttribute("aria-activedescendant");
}

function point(number) {
  at = (number + offered.length) % offered.length;
  [...list.children].forEach((line, place) => line.setAttribute("aria-selected", String(place === at)));
  list.children[at].scrollIntoView({ block: "nearest" });
  name.setAttribute("aria-activedescendant", list.children[at].id);
}

function line(sender, place) {
  const element = document.createElement("li");
  const about = document.createElement("span");
  element.id = `known-sender-${place}`;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  element.textContent = sender.name;
  about.textContent = sender.about;
  element.append(about);
  element.addEventListener("mousedown", (event) => {
    event.preventDefault();
    choose(place);
  });
  return element;
}

function show(senders) {
  offered = senders;
  list.replaceChildren(...senders.map(line));
  said.textContent = senders.length ? box.dataset.some : box.dataset.none;
  if (!senders.length) return close();
  list.hidden = false;
  at = -1;
  name.setAttribute("aria-expanded", "true");
}

function choose(place) {
  const sender = offered[place];
  name.value = sender.name;
  form.elements.known.value = sender.id;
  for (const field of ["address", "phone", "email"]) form.elements[field].value = sender[field];
  form.elements.is_organisation.checked = sender.is_organisation;
  if ([...form.elements.language.options].some((option) => option.value === sender.language)) {
    form.elements.language.value = sender.language;
  }
  close();
}

name.addEventListener("input", () => {
  form.elements.known.value = "";
  clearTimeout(waiting);
  if (name.value.trim().length < 2) return close();
  waiting = setTimeout(async () => {
    const turn = ++asked;
    const senders = await ask({ q: name.value });
    if (turn === asked && document.activeElement === name) show(senders);
  }, PAUSE);
});

name.addEventListener("keydown", (event) => {
  if (list.hidden) return;
  const acts = {
    ArrowDown: () => point(at + 1),
    ArrowUp: () => point(at < 0 ? offered.length - 1 : at - 1),
    Escape: close,
    Enter: () => choose(at),
  };
  const act = event.key === "Enter" && at < 0 ? null : acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
name.addEventListener("blur", close);

const double = document.querySelector("[data-desk-double]");
form.elements.identifier.addEventListener("change", async () => {
  const number = form.elements.identifier.value.trim();
  const typed = name.value.trim().toLowerCase();
  const senders = number ? await ask({ number }) : [];
  const others = senders.filter((sender) => sender.name.toLowerCase() !== typed);
  double.hidden = !others.length;
  double.textContent = others.length ? `${double.dataset.words} ${others.map((sender) => sender.name).join(", ")}` : "";
  if (senders.length && !typed) {
    offered = senders;
    choose(0);
  }
});

// Ready for the next item, unless something has to be put right first.
(document.querySelector(".desk-field [aria-invalid=true]") ?? name).focus();
