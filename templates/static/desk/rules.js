/* The end of a filing today, asked again of the server whenever something was typed. Without it the page says so on saving. */
const form = document.querySelector("[data-rules-form]");
const shown = document.querySelector("[data-rules-ends]");
let waiting;
let latest = 0;

async function ask() {
  const asked = ++latest;
  const data = new FormData(form);
  data.set("ends", "1");
  try {
    const answer = await fetch(window.location.href, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
    if (answer.ok && asked === latest) shown.innerHTML = await answer.text();
  } catch {
    // Offline for a moment: the next change asks again.
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 300);
});
document.querySelector(".desk-error[role=alert]")?.focus();
