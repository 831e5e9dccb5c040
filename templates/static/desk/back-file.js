/* Printing by a button, where there is a script; every browser prints without it too. */
for (const button of document.querySelectorAll("[data-back-file-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
