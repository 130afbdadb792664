// Watches work that the page waits for: asks for the page again until nothing waits on it. Without it the page reloads.
"use strict";
(() => {
  const EVERY_MS = 1500;
  const look = async () => {
    try {
      const reply = await fetch(location.href, { redirect: "error", headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const fresh = page.getElementById("waiting");
      if (!fresh) return location.reload();
      const here = document.getElementById("waiting");
      const said = here.querySelector("[role=status]");
      const now = fresh.querySelector("[role=status]").textContent;
      if (said.textContent !== now) said.textContent = now;
      const share = fresh.querySelector("progress").getAttribute("value");
      if (share !== null) here.querySelector("progress").value = Number(share);
    } catch {
      // The server may be starting again; the work goes on without it
    }
    return setTimeout(look, EVERY_MS);
  };
  setTimeout(look, EVERY_MS);
})();
