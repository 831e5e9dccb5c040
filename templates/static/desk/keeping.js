// Arrow keys in the tree of the classification plan, and "/" for the search. All of it works by mouse and tab too.
import { searchBoxByKey } from "./keys.js";

const tree = document.querySelector("[data-keep-tree]");

function shown() {
  return [...tree.querySelectorAll("summary, .keep-leaf a")].filter((one) => {
    for (let above = one.parentElement.closest("details"); above; above = above.parentElement.closest("details")) {
      if (!above.open && above.querySelector("summary") !== one) return false;
    }
    return true;
  });
}

tree?.addEventListener("keydown", (event) => {
  const here = event.target.closest("summary, .keep-leaf a");
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
  const lines = shown();
  const at = lines.indexOf(here);
  const details = here.tagName === "SUMMARY" ? here.parentElement : null;
  const above = (details ?? here).parentElement.closest("details");
  const acts = {
    ArrowDown: () => lines[at + 1]?.focus(),
    ArrowUp: () => lines[at - 1]?.focus(),
    Home: () => lines[0].focus(),
    End: () => lines.at(-1).focus(),
    ArrowRight: () => { if (details && !details.open) details.open = true; else if (details) lines[at + 1]?.focus(); },
    ArrowLeft: () => { if (details?.open) details.open = false; else above?.querySelector("summary").focus(); },
  };
  if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
});

searchBoxByKey();
