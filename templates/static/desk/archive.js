// The archive's page: documents are looked at beside the results without leaving them, and the list is worked by keys.
// Everything here works without it: each look is a link, and filters are links.

const page = document.querySelector("[data-archive]");
const beside = page?.querySelector("[data-archive-beside]");
const list = page?.querySelector("[data-archive-list]");
const query = page?.querySelector("#archive-query");
const wide = window.matchMedia("(min-width: 60.01rem)");

// -- The panel beside the results

let opener = null;
let asking = null;

function resultOf(look) {
  return look && list?.querySelector(`[data-document="${CSS.escape(look)}"]`);
}

function markOpen() {
  const look = beside.querySelector("[data-look]")?.dataset.look;
  page.classList.toggle("archive--beside", Boolean(look));
  for (const result of list?.children ?? []) {
    if (result.dataset.document === look) result.setAttribute("aria-current", "true");
    else result.removeAttribute("aria-current");
  }
  foldFilters();
}

function focusIn(key) {
  const again = key && [...beside.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  const target = again || beside.querySelector("#preview-title");
  target?.focus({ preventScroll: wide.matches });
  if (!wide.matches) beside.scrollIntoView({ block: "start" });
}

async function show(panel, address, { key = "", remember = true } = {}) {
  asking?.abort();
  asking = new AbortController();
  beside.setAttribute("aria-busy", "true");
  let answer;
  try {
    answer = await fetch(panel, { headers: { "X-Registra-Part": "1" }, signal: asking.signal, redirect: "error" });
  } catch (trouble) {
    if (trouble.name !== "AbortError") window.location.assign(address);
    return;
  }
  if (!answer.ok) {
    window.location.assign(address);
    return;
  }
  beside.innerHTML = await answer.text();
  beside.removeAttribute("aria-busy");
  if (remember) history.pushState({ panel }, "", address);
  markOpen();
  beside.querySelector(".archive-look")?.scrollTo?.(0, 0);
  focusIn(key);
}

function close() {
  const link = beside.querySelector("[data-close]");
  if (!link) return;
  const look = beside.querySelector("[data-look]").dataset.look;
  history.pushState({ panel: "" }, "", link.href);
  beside.replaceChildren();
  markOpen();
  (opener?.isConnected ? opener : resultOf(look)?.querySelector("h3 a") ?? query)?.focus();
}

function isPlainClick(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

if (beside) {
  page.addEventListener("click", (event) => {
    if (!isPlainClick(event)) return;
    const link = event.target.closest("a[data-panel]");
    if (link) {
      event.preventDefault();
      if (list?.contains(link)) opener = link;
      show(link.dataset.panel, link.href, { key: link.dataset.key });
    } else if (event.target.closest("[data-close]")) {
      event.preventDefault();
      close();
    }
  });

  window.addEventListener("popstate", (event) => {
    const panel = event.state?.panel;
    if (panel) show(panel, window.location.href, { remember: false });
    else if (event.state && "panel" in event.state) {
      beside.replaceChildren();
      markOpen();
    } else window.location.reload();
  });
  const first = beside.querySelector("[data-look]");
  history.replaceState({ panel: first ? panelOfPage() : "" }, "");
  if (first) focusIn("");
}

/** The panel's own address, for a page that came with its panel in it. */
function panelOfPage() {
  const look = beside.querySelector("[data-look]").dataset.look;
  const link = resultOf(look)?.querySelector("h3 a") ?? beside.querySelector("a[data-panel]");
  return link?.dataset.panel ?? "";
}

// -- Keys: single letters count only while the list of results or the panel has the focus

const titles = () => [...(list?.querySelectorAll("h3 a") ?? [])];

function move(step) {
  const links = titles();
  const here = links.findIndex((link) => link.closest("li").contains(document.activeElement));
  const next = links[Math.max(0, Math.min(links.length - 1, here + step))];
  next?.focus({ preventScroll: true });
  next?.closest("li").scrollIntoView({ block: "nearest" });
}

const keysInList = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  j: () => move(1),
  k: () => move(-1),
  o: () => document.activeElement.closest("li")?.querySelector("[data-case]")?.click(),
  "/": () => { query.focus(); query.select(); },
};

list?.addEventListener("keydown", (event) => {
  const act = keysInList[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});

query?.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || !titles().length) return;
  event.preventDefault();
  titles()[0].focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !page) return;
  const tool = event.target.closest?.("[data-archive-tool][open]");
  if (tool) {
    tool.open = false;
    tool.querySelector("summary").focus();
  } else if (beside?.firstElementChild && !event.target.closest("dialog, input, textarea, select")) {
    event.preventDefault();
    close();
  }
});

// -- What folds: filters on a narrow screen, and one tool at a time

const facets = page?.querySelector("[data-archive-facets]");
const roomy = window.matchMedia("(min-width: 100rem)");

function foldFilters() {
  if (facets) facets.open = page.classList.contains("archive--beside") ? roomy.matches : wide.matches;
}

if (page) {
  foldFilters();
  wide.addEventListener("change", foldFilters);
  roomy.addEventListener("change", foldFilters);
  const tools = [...page.querySelectorAll("[data-archive-tool]")];
  for (const tool of tools) {
    tool.addEventListener("toggle", () => {
      if (!tool.open) return;
      for (const other of tools) if (other !== tool) other.open = false;
      tool.querySelector("input")?.focus();
    });
  }
  document.addEventListener("click", (event) => {
    for (const tool of tools) if (tool.open && !tool.contains(event.target)) tool.open = false;
  });
  const order = page.querySelector("[data-archive-order]");
  order?.addEventListener("change", () => order.form.requestSubmit());
}

// The address of a search says only what was asked.
page?.querySelector("[data-archive-form]")?.addEventListener("submit", (event) => {
  for (const field of event.target.elements) {
    if (!field.name) continue;
    field.disabled = field.value === "" || (field.name === "sort" && field.value === "relevance");
  }
});
window.addEventListener("pageshow", () => {
  for (const field of page?.querySelector("[data-archive-form]")?.elements ?? []) field.disabled = false;
});
