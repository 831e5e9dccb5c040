/* The short name in addresses follows the name until somebody writes it themselves. */
const form = document.querySelector("[data-new-service]");
const code = form.querySelector("[name=code]");
let isOwn = Boolean(code.value);

code.addEventListener("input", () => {
  isOwn = Boolean(code.value);
});
form.addEventListener("input", (event) => {
  if (isOwn || event.target.lang !== "en") return;
  const plain = event.target.name.startsWith("names") ? event.target.value : null;
  if (plain === null) return;
  code.value = (plain.toLowerCase().normalize("NFKD").match(/[a-z0-9]+/g) ?? []).join("-").slice(0, 40);
});
