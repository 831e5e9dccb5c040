// Keys that are one sign without Ctrl or Alt, in one place: who speaks to the machine, or often hits a key by mistake,
// turns them off on the page of their account (WCAG 2.1.4). Everything they do is done by mouse and by tab too.

const config = JSON.parse(document.getElementById("wagtail-config")?.textContent ?? "{}");
const areOn = config.KEYBOARD_SHORTCUTS_ENABLED !== false;

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog, [role=dialog]");
}

/** ``acts``: what each key does. */
export function onKeys(acts) {
  if (!areOn) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** The key / leads to the search box of a list. */
export function searchBoxByKey() {
  const box = document.querySelector("[data-desk-search]");
  if (!box) return;
  onKeys({
    "/": () => {
      box.focus();
      box.select();
    },
  });
}
