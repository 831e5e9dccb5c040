// The key / goes to the search box of a list. Everything here works without it, by mouse and by tab.

const search = document.querySelector("[data-desk-search]");
document.addEventListener("keydown", (event) => {
  if (!search || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
  event.preventDefault();
  search.focus();
  search.select();
});
