// The way of a case is fetched when somebody unfolds it.
const way = document.querySelector("[data-desk-way]");

async function unfold() {
  if (!way.open || way.dataset.fetched) return;
  way.dataset.fetched = "1";
  const place = way.querySelector("[data-desk-way-place]");
  try {
    const answer = await fetch(way.dataset.deskWay, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(String(answer.status));
    place.innerHTML = await answer.text();
    place.querySelector(".chart-node--now")?.scrollIntoView({ block: "nearest", inline: "center" });
  } catch {
    delete way.dataset.fetched;
    place.append(` ${way.dataset.deskWayFailed}`);
  }
}

way?.addEventListener("toggle", unfold);
