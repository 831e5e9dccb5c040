/*
 * Parts of the editor for forms, procedures and letters: texts in several languages, conditions.
 * What Wagtail keeps is in its own boxes; these controllers show them as something to choose from.
 */
const { Controller } = window.StimulusModule;

/** Wagtail's label of a field stands before it; on an ordinary form it stands inside. */
function labelOf(field) {
  return field.querySelector("label") ?? field.closest("[data-contentpath]")?.querySelector("label");
}

/* Texts side by side: which languages have words, and which still miss them. */

class RegistraTexts extends Controller {
  static targets = ["text"];
  static values = { complete: String, missing: String, empty: String };

  connect() {
    this.element.addEventListener("input", this.show);
    this.show();
  }

  disconnect() {
    this.element.removeEventListener("input", this.show);
    this.sign?.remove();
  }

  textTargetConnected() {
    if (this.sign) this.show();
  }

  show = () => {
    const said = document.querySelector("[data-registra-languages]")?.dataset;
    const languages = said?.registraLanguages.split(" ").filter(Boolean);
    const missing = [];
    let written = 0;
    for (const target of this.textTargets) {
      const { language } = target.dataset;
      const box = target.querySelector("input, textarea");
      const isOurs = !languages?.length || languages.includes(language);
      target.hidden = !isOurs && !box.value.trim();
      if (!isOurs) continue;
      const isObligatory = Boolean(said?.registraObligatory?.split(" ").includes(language));
      target.classList.toggle("registra-texts__obligatory", isObligatory);
      if (box.value.trim()) written += 1;
      else missing.push(labelOf(target)?.textContent.replace("*", "").trim() || language);
    }
    this.say(written, missing);
  };

  say(written, missing) {
    this.sign ??= this.makeSign();
    const words = missing.length ? `${this.missingValue} ${missing.join(", ")}` : this.completeValue;
    this.sign.textContent = written ? words : this.emptyValue;
    this.sign.dataset.state = missing.length ? (written ? "part" : "empty") : "complete";
  }

  makeSign() {
    const sign = document.createElement("span");
    sign.className = "registra-texts__sign";
    const heading = this.element.closest("[data-panel]")?.querySelector("[data-panel-heading]");
    if (heading && !this.element.classList.contains("registra-texts--form")) heading.after(sign);
    else this.element.prepend(sign);
    return sign;
  }
}

/* Folded together, a block is known by its text in the page's language, else in any; by nothing where there is none. */

function namedByItsText(StructBlockDefinition) {
  return class TextsBlockDefinition extends StructBlockDefinition {
    render(...given) {
      const block = super.render(...given);
      block.getTextLabel = (options) => {
        const own = block.childBlocks[document.documentElement.lang.split("-")[0]];
        const boxes = [own, ...Object.values(block.childBlocks)].filter(Boolean);
        return boxes.map((box) => box.getTextLabel?.(options)).find(Boolean) ?? "";
      };
      return block;
    }
  };
}

// An ordinary form has texts too, and no blocks.
if (window.wagtailStreamField) {
  window.telepath.register("registra.TextsBlock", namedByItsText(window.wagtailStreamField.blocks.StructBlockDefinition));
}

/* What can be asked about: said by the page, and again whenever it changes. */

let facts = readFacts();

function readFacts() {
  const said = document.querySelector("script[data-registra-facts]");
  return said ? JSON.parse(said.textContent) : [];
}

document.addEventListener("registra:facts", (event) => {
  facts = event.detail.facts;
});

const ANSWERED = ["ANSWERED", "NOT_ANSWERED"];
const FITTING = {
  TEXT: ["IS", "IS_NOT", "ONE_OF", "CONTAINS", ...ANSWERED],
  NUMBER: ["IS", "IS_NOT", "AT_LEAST", "AT_MOST", ...ANSWERED],
  AMOUNT: ["IS", "IS_NOT", "AT_LEAST", "AT_MOST", ...ANSWERED],
  DAY: ["IS", "IS_NOT", "AT_LEAST", "AT_MOST", ...ANSWERED],
  YES_NO: ["IS", ...ANSWERED],
  CHOICE: ["IS", "IS_NOT", "ONE_OF", ...ANSWERED],
  CHOICES: ["CONTAINS", ...ANSWERED],
};

function parsed(words) {
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}

function changed(box) {
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

/** An option list; `groups` is [[heading, [[value, label]…]]…]. */
function filledSelect(select, groups, value, unknown) {
  select.replaceChildren();
  let isThere = false;
  for (const [heading, options] of groups) {
    let into = select;
    if (heading) {
      into = document.createElement("optgroup");
      into.label = heading;
      select.append(into);
    }
    for (const [code, label] of options) {
      const isChosen = code === value;
      isThere ||= isChosen;
      into.append(new Option(label, code, isChosen, isChosen));
    }
  }
  if (!isThere && value) select.append(new Option(unknown.replace("{key}", value), value, true, true));
  return select;
}

/** Stands in front of a box of Wagtail's, under the same label. */
function standInFor(field, element) {
  const box = field.querySelector("input");
  box.hidden = true;
  box.after(element);
  const control = element.matches("select, input, textarea") ? element : null;
  const label = labelOf(field);
  if (control) {
    control.id = `${box.id}-choice`;
    if (label) label.htmlFor = control.id;
  } else if (label) {
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", label.textContent.trim());
  }
}

class RegistraCompare extends Controller {
  static targets = ["fact", "comparison", "value"];
  static values = { choose: String, yes: String, no: String, unknown: String, hint: String };

  connect() {
    document.addEventListener("registra:facts", this.refresh);
    this.comparison.addEventListener("change", this.refresh);
    this.refresh();
  }

  disconnect() {
    document.removeEventListener("registra:facts", this.refresh);
  }

  get factBox() {
    return this.factTarget.querySelector("input");
  }

  get valueBox() {
    return this.valueTarget.querySelector("input");
  }

  get comparison() {
    return this.comparisonTarget.querySelector("select");
  }

  get fact() {
    return facts.find((one) => one.key === this.factBox.value);
  }

  refresh = () => {
    if (!facts.length && !this.chooser) return;
    this.showFacts();
    this.showComparisons();
    this.showValue();
  };

  showFacts() {
    if (!this.chooser) {
      this.chooser = document.createElement("select");
      this.chooser.addEventListener("change", () => this.choose());
      standInFor(this.factTarget, this.chooser);
    }
    const groups = new Map([["", [["", this.chooseValue]]]]);
    for (const { key, label, group = "", mayBeAsked } of facts) {
      if (mayBeAsked && !mayBeAsked(this.element) && key !== this.factBox.value) continue;
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push([key, label]);
    }
    filledSelect(this.chooser, [...groups], this.factBox.value, this.unknownValue);
  }

  choose() {
    this.factBox.value = this.chooser.value;
    this.valueBox.value = "";
    const fitting = FITTING[this.fact?.type ?? "TEXT"];
    if (!fitting.includes(this.comparison.value)) this.comparison.value = fitting[0];
    this.showComparisons();
    this.showValue();
    changed(this.factBox);
  }

  showComparisons() {
    const fitting = this.fact ? FITTING[this.fact.type] : null;
    for (const option of this.comparison.options) {
      const isOut = Boolean(fitting) && !fitting.includes(option.value) && !option.selected;
      option.hidden = isOut;
      option.disabled = isOut;
    }
  }

  showValue() {
    this.valueTarget.hidden = ANSWERED.includes(this.comparison.value);
    const shape = `${this.factBox.value} ${this.comparison.value} ${JSON.stringify(this.fact?.options ?? [])}`;
    if (shape === this.shape) return;
    this.shape = shape;
    this.editor?.remove();
    this.editor = this.makeEditor();
    standInFor(this.valueTarget, this.editor);
  }

  write(value) {
    this.valueBox.value = value === undefined ? "" : JSON.stringify(value);
    changed(this.valueBox);
  }

  makeEditor() {
    const type = this.fact?.type ?? "TEXT";
    const value = this.valueBox.value ? parsed(this.valueBox.value) : undefined;
    const isList = this.comparison.value === "ONE_OF";
    if (type === "YES_NO") {
      return this.makeChoice([["true", this.yesValue], ["false", this.noValue]], String(value ?? ""), (said) => said === "true");
    }
    if (this.fact?.options?.length) {
      const options = this.fact.options.map((one) => [one.value, one.label]);
      return isList ? this.makeChecks(options, [value].flat()) : this.makeChoice(options, [value].flat()[0] ?? "", (said) => said);
    }
    return isList ? this.makeLines([value].flat()) : this.makeBox(type, [value].flat()[0]);
  }

  makeChoice(options, value, read) {
    const select = filledSelect(document.createElement("select"), [["", [["", this.chooseValue], ...options]]], value, this.unknownValue);
    select.addEventListener("change", () => this.write(select.value ? read(select.value) : undefined));
    return select;
  }

  makeChecks(options, values) {
    const list = document.createElement("div");
    list.className = "registra-compare__checks";
    for (const [code, words] of options) {
      const label = document.createElement("label");
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", value: code, checked: values.includes(code) });
      label.append(box, ` ${words}`);
      list.append(label);
    }
    list.addEventListener("change", (event) => {
      event.stopPropagation();
      this.write([...list.querySelectorAll("input:checked")].map((box) => box.value));
    });
    return list;
  }

  makeLines(values) {
    const box = document.createElement("textarea");
    box.rows = 3;
    box.placeholder = this.hintValue;
    box.value = values.filter((one) => one !== undefined).join("\n");
    box.addEventListener("change", () => this.write(box.value.split("\n").map((line) => line.trim()).filter(Boolean)));
    return box;
  }

  makeBox(type, value) {
    const box = document.createElement("input");
    box.type = { NUMBER: "number", DAY: "date" }[type] ?? "text";
    if (type === "AMOUNT") box.inputMode = "decimal";
    box.value = value ?? "";
    box.addEventListener("change", () => {
      const said = box.value.trim();
      this.write(said === "" ? undefined : type === "NUMBER" ? Number(said) : said);
    });
    return box;
  }
}

window.wagtail.app.register("registra-texts", RegistraTexts);
window.wagtail.app.register("registra-compare", RegistraCompare);
