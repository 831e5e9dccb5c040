// Progress of exports without loading the page again. Without it there is a link that does.

const EVERY = 2000;
const list = document.querySelector("[data-exports]");
const news = document.querySelector("[data-exports-news]");

async function look() {
  if (!list.querySelector("[data-under-way]")) return;
  const before = new Set([...list.querySelectorAll("[data-under-way]")].map((one) => one.dataset.underWay));
  try {
    const answer = await fetch(list.dataset.exports, { headers: { "X-Registra-Part": "1" } });
    if (answer.ok && !list.contains(document.activeElement?.closest("form"))) {
      list.innerHTML = await answer.text();
      const now = new Set([...list.querySelectorAll("[data-under-way]")].map((one) => one.dataset.underWay));
      if ([...before].some((one) => !now.has(one))) news.textContent = news.dataset.words;
    }
  } catch {
    // The next look may reach the server again.
  }
  window.setTimeout(look, EVERY);
}

if (list) window.setTimeout(look, EVERY);
