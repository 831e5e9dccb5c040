// A changed choice walks again at once; without this the button below does.
const form = document.querySelector("[data-try]");

form?.addEventListener("change", (event) => {
  if (event.target.matches("select, input[type=checkbox], input[type=date]")) form.requestSubmit();
});
