/*
 * The editor of procedures: fields that are picked from lists, fields that are only shown when they matter, and what
 * stands live beside the editor. The lists come with the page (#registra-offered) and with every check.
 */
import { Retrying, usable } from "./retrying.js";

const { Controller } = window.StimulusModule;

const said = document.getElementById("registra-offered");
let offered = said ? JSON.parse(said.textContent) : { lists: {}, facts: [] };

function offer(fresh) {
  offered = fresh;
  document.dispatchEvent(new CustomEvent("registra:facts", { detail: { facts: offered.facts } }));
  document.dispatchEvent(new CustomEvent("registra:lists"));
}

function changed(box) {
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

/* A box that holds one code, or several with spaces between; shown as something to choose from. */

class RegistraPick extends Controller {
  static values = { source: String, empty: String, gone: String, several: Boolean };

  connect() {
    this.box = this.element.querySelector("input");
    this.label = (this.element.closest("[data-contentpath]") ?? this.element).querySelector("label");
    this.box.hidden = true;
    document.addEventListener("registra:lists", this.show);
    this.show();
  }

  disconnect() {
    document.removeEventListener("registra:lists", this.show);
    this.editor?.remove();
  }

  get choices() {
    const listed = offered.lists[this.sourceValue] ?? [];
    const missing = this.chosen.filter((code) => !listed.some((one) => one.value === code));
    return [...listed, ...missing.map((code) => ({ value: code, label: this.goneValue.replace("{key}", code) }))];
  }

  get chosen() {
    return this.box.value.split(" ").filter(Boolean);
  }

  show = () => {
    const shape = JSON.stringify([this.choices, this.chosen]);
    if (shape === this.shape) return;
    this.shape = shape;
    const hadFocus = this.editor?.contains(document.activeElement);
    const editor = this.severalValue ? this.makeChecks() : this.makeSelect();
    if (this.editor) this.editor.replaceWith(editor);
    else this.box.after(editor);
    this.editor = editor;
    if (hadFocus) (editor.matches("select") ? editor : editor.querySelector("input"))?.focus();
  };

  makeSelect() {
    const select = document.createElement("select");
    select.id = `${this.box.id}-choice`;
    if (this.label) this.label.htmlFor = select.id;
    select.append(new Option(this.emptyValue, "", !this.chosen.length, !this.chosen.length));
    for (const { value, label } of this.choices) {
      const isChosen = value === this.box.value;
      select.append(new Option(label, value, isChosen, isChosen));
    }
    select.addEventListener("change", (event) => {
      event.stopPropagation();
      this.write([select.value]);
    });
    return select;
  }

  makeChecks() {
    const list = document.createElement("div");
    list.className = "registra-pick__checks";
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", this.label?.textContent.trim() ?? "");
    for (const { value, label } of this.choices) {
      const line = document.createElement("label");
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", value, checked: this.chosen.includes(value) });
      line.append(box, ` ${label}`);
      list.append(line);
    }
    const none = document.createElement("p");
    none.className = "registra-pick__none";
    none.textContent = this.emptyValue;
    none.hidden = this.chosen.length > 0;
    list.append(none);
    list.addEventListener("change", (event) => {
      event.stopPropagation();
      const codes = [...list.querySelectorAll("input:checked")].map((box) => box.value);
      none.hidden = codes.length > 0;
      this.write(codes);
    });
    return list;
  }

  write(codes) {
    this.box.value = codes.filter(Boolean).join(" ");
    this.shape = JSON.stringify([this.choices, this.chosen]);
    changed(this.box);
  }
}

/* Fields that only matter when another one says so. */

class RegistraDepends extends Controller {
  static targets = ["switch", "part"];

  connect() {
    this.element.addEventListener("change", this.show);
    this.show();
  }

  disconnect() {
    this.element.removeEventListener("change", this.show);
  }

  partTargetConnected() {
    this.show();
  }

  switchTargetConnected() {
    this.show();
  }

  show = () => {
    const said = {};
    for (const target of this.switchTargets) said[target.dataset.switch] = target.querySelector("select")?.value ?? "";
    for (const part of this.partTargets) {
      const field = part.closest("[data-contentpath]") ?? part;
      field.hidden = !part.dataset.is.split(" ").includes(said[part.dataset.when]);
    }
  };
}

/* What stands beside the editor, brought up to date while one types. */

const PAUSE = 600;

class RegistraLive extends Controller {
  static targets = ["said", "failed"];
  static values = { address: String, failed: String };

  connect() {
    this.form = document.querySelector("[data-edit-form]");
    if (!this.form || !this.addressValue) return;
    this.retrying = new Retrying(this.check);
    for (const event of ["input", "change"]) this.form.addEventListener(event, this.later);
    this.watcher = new MutationObserver((changes) => {
      if (changes.some(touchesBlocks)) this.later();
    });
    this.watcher.observe(this.form, { childList: true, subtree: true });
    this.saidTarget.addEventListener("click", this.follow);
    this.sent = this.state();
  }

  disconnect() {
    clearTimeout(this.timer);
    this.retrying?.stop();
    this.asked?.abort();
    this.watcher?.disconnect();
    for (const event of ["input", "change"]) this.form?.removeEventListener(event, this.later);
  }

  later = () => {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.check, PAUSE);
  };

  state() {
    return new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === "string")).toString();
  }

  check = async () => {
    const state = this.state();
    if (state === this.sent) return;
    this.sent = state;
    this.retrying.stop();
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(this.addressValue, {
        method: "POST",
        body: new FormData(this.form),
        headers: { "X-Requested-With": "XMLHttpRequest" },
        signal: this.asked.signal,
      });
      const { html, ...fresh } = await usable(answer).json();
      this.retrying.answered();
      this.failedTarget.hidden = true;
      this.put(html);
      offer(fresh);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.sent = "";
      this.failedTarget.hidden = false;
      this.failedTarget.textContent = this.failedValue;
      this.retrying.after(error);
    }
  };

  put(html) {
    const closed = [...this.saidTarget.querySelectorAll("details:not([open])")].map((part) => part.dataset.part);
    const drawing = this.saidTarget.querySelector(".designer__drawing");
    const place = drawing && [drawing.scrollLeft, drawing.scrollTop];
    this.saidTarget.innerHTML = html;
    for (const part of closed) this.saidTarget.querySelector(`[data-part="${part}"]`)?.removeAttribute("open");
    const fresh = this.saidTarget.querySelector(".designer__drawing");
    if (fresh && place) [fresh.scrollLeft, fresh.scrollTop] = place;
  }

  /** Opens the block of a step that stands in the list or in the drawing, with all that it is in, and goes there. */
  follow = (event) => {
    const asked = event.target.closest("[data-step]");
    const block = asked?.dataset.step ? blockOfStep(this.form, asked.dataset.step) : null;
    if (!block) return;
    event.preventDefault();
    for (let panel = block; panel; panel = panel.parentElement?.closest("[data-panel]")) {
      const toggle = panel.querySelector("[data-panel-toggle]");
      if (toggle?.getAttribute("aria-expanded") === "false") toggle.click();
    }
    block.scrollIntoView({ block: "start" });
    (block.querySelector("[data-panel-toggle]") ?? block).focus({ preventScroll: true });
  };
}

function touchesBlocks(change) {
  return [...change.addedNodes, ...change.removedNodes].some((node) => node.querySelector?.("input[type=hidden][name$='-type']"));
}

/** As flows.designer.definition.step_id: what came from JSON keeps its id, a new block has a longer one. */
function stepId(blockId) {
  return /^[a-z0-9]{4,12}$/.test(blockId) ? blockId : blockId.toLowerCase().replace(/[^a-z0-9]/g, "").slice(0, 8);
}

function blockOfStep(form, step) {
  for (const box of form.querySelectorAll("input[type=hidden][name$='-id']")) {
    if (box.value && stepId(box.value) === step) {
      return box.closest("[data-streamfield-child]")?.querySelector("[data-panel]") ?? null;
    }
  }
  return null;
}

window.wagtail.app.register("registra-pick", RegistraPick);
window.wagtail.app.register("registra-depends", RegistraDepends);
window.wagtail.app.register("registra-live", RegistraLive);
offer(offered);
