// How far an import is, without loading the page again. Without it there is a link that does.

const EVERY = 3000;
const state = document.querySelector("[data-back-file]");

async function look() {
  try {
    const answer = await fetch(window.location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-back-file]");
    if (answer.ok && now && !("underWay" in now.dataset)) {
      window.location.reload();
      return;
    }
    if (answer.ok && now && !state.contains(document.activeElement)) state.innerHTML = now.innerHTML;
  } catch {
    // The next look may reach the server again.
  }
  window.setTimeout(look, EVERY);
}

if (state) window.setTimeout(look, EVERY);
