/*
 * Wagtail's own widgets under a Content-Security-Policy without unsafe-inline.
 *
 * Wagtail 8 starts dates, choosers and inline panels with inline scripts, and its text editor writes
 * inline style sheets. Each upgrade of Wagtail re-checks this file in a browser (tests/journeys).
 */

const CHOOSERS = ["Chooser", "PageChooser", "ImageChooser", "DocumentChooser", "SnippetChooser"];

const STARTERS = {
  date: (target, options) => window.initDateChooser(target, options),
  time: (target, options) => window.initTimeChooser(target, options),
  datetime: (target, options) => window.initDateTimeChooser(target, options),
  "inline-panel": (target, options) => new window.InlinePanel(options),
  "multiple-chooser-panel": (target, options) => new window.MultipleChooserPanel(options),
  TaskChooser: (target) => window.createTaskChooser(target),
};

for (const name of CHOOSERS) {
  STARTERS[name] = (target, options) => new window[name](target, options);
}

class RegistraWidget extends window.StimulusModule.Controller {
  static values = { kind: String, target: String, options: { type: Object, default: {} }, started: Boolean };

  connect() {
    if (this.startedValue) return;
    this.startedValue = true;
    STARTERS[this.kindValue]?.(this.targetValue, this.optionsValue);
  }
}

window.wagtail.app.register("registra-widget", RegistraWidget);

/* The text editor's own style sheets carry this page's nonce. */
const { nonce } = document.currentScript;
const createElement = document.createElement;
document.createElement = function createElementWithNonce(name, options) {
  const element = createElement.call(this, name, options);
  if (String(name).toLowerCase() === "style") element.nonce = nonce;
  return element;
};

/* The boxes of the text editor and for tags have no accessible name: they get the words that stand above them. */
const NAMELESS = ".public-DraftEditor-content:not([aria-label]), .tagit-new input:not([aria-label])";

function nameTextBoxes() {
  for (const box of document.querySelectorAll(NAMELESS)) {
    const above =
      box.closest("[data-field]")?.querySelector("label") ??
      box.closest("[data-field-wrapper]")?.querySelector("label") ??
      box.closest("[data-panel]")?.querySelector("[data-panel-heading-text]");
    if (above) box.setAttribute("aria-label", above.textContent.replace("*", "").trim());
  }
}

new MutationObserver(nameTextBoxes).observe(document.documentElement, { childList: true, subtree: true });
