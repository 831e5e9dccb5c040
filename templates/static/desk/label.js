// One click on the counter's page is enough: the label asks for the printer by itself.
document.querySelector("[data-desk-print]").addEventListener("click", () => window.print());
window.addEventListener("load", () => window.print());
