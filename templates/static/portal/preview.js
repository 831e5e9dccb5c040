/* The preview of a form sends nothing: it only shows what a citizen would see. */
document.querySelector("[data-preview]")?.addEventListener("submit", (event) => event.preventDefault());
