// Watches a print run; without it the page asks again by itself.
"use strict";
(() => {
  const press = document.querySelector(".press.running");
  if (!press) return;
  const said = document.getElementById("press-said");
  const bar = document.getElementById("press-bar");
  const look = async () => {
    try {
      const reply = await fetch(press.dataset.progress, { headers: { Accept: "application/json" } });
      const state = await reply.json();
      if (!state.running) return location.reload();
      if (said.textContent !== state.said) said.textContent = state.said;
      bar.value = state.share;
    } catch {
      // The server may be starting again; the run goes on without it
    }
    return setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();
