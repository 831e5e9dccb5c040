// The confirmation answers the press itself: from here on the page has its own address, to reload and to print.
history.replaceState(null, "", document.querySelector(".done").dataset.address);
