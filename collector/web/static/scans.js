// Scans: files are dropped or chosen, sent one by one with their progress, and the list below is kept fresh while
// something is being read. Everything here can be done without it, by the plain form and a page that reloads.
"use strict";
(() => {
  const form = document.getElementById("send");
  // Whoever may hand nothing in has no form, and the list alone
  const offer = () => {
    const field = document.getElementById("scans");
    const chosen = document.getElementById("chosen");
    const bar = document.getElementById("sent");
    const said = document.getElementById("said");
    const largest = Number(form.dataset.largest) * 1e6;

    const show = () => {
      const lines = [...field.files].map((file) => {
        const line = document.createElement("li");
        const small = file.size < 1e6;
        const amount = small ? Math.ceil(file.size / 1e3) : file.size / 1e6;
        const size = amount.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
        line.textContent = `${file.name} (${size} ${small ? "KB" : "MB"})${file.size > largest ? ": " + form.dataset.large : ""}`;
        return line;
      });
      chosen.replaceChildren(...lines);
    };
    field.addEventListener("change", show);

    for (const name of ["dragenter", "dragover"]) {
      form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
    }
    for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change"));
    });

    const sendOne = (file, done, all) => new Promise((resolve, reject) => {
      const fields = new FormData();
      fields.append("csrf_token", form.elements.csrf_token.value);
      fields.append("scans", file);
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => { bar.value = 100 * (done + event.loaded) / all; });
      request.addEventListener("load", () => (request.status < 400 ? resolve() : reject(new Error(request.status))));
      request.addEventListener("error", () => reject(new Error("network")));
      request.open("POST", form.action);
      request.send(fields);
    });

    const stay = (event) => event.preventDefault(); // what is not sent yet would be lost with the page

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const files = [...field.files].filter((file) => file.size <= largest);
      const all = files.reduce((sum, file) => sum + file.size, 0) || 1;
      let done = 0;
      const button = form.querySelector("button");
      button.disabled = true; // a second press would send all of it once more
      window.addEventListener("beforeunload", stay);
      bar.hidden = false;
      said.textContent = form.dataset.sending;
      try {
        for (const file of files) {
          await sendOne(file, done, all);
          done += file.size;
          refresh();
        }
        window.removeEventListener("beforeunload", stay);
        location.assign(location.pathname);
      } catch (error) {
        // 413: the server itself, before it takes anything; 507: the page. Files that are too large were left out above
        said.textContent = ["413", "507"].includes(error.message) ? form.dataset.disk : form.dataset.failed;
        window.removeEventListener("beforeunload", stay);
        button.disabled = false;
      }
    });
  };
  if (form) offer();

  const EVERY_MS = 1500;
  const MOST_MISSED = 3; // looks without a reply, before the screen says that it stands still
  const news = document.getElementById("news");
  let timer = 0;
  let missed = 0;

  // The list is put in anew as a whole: whoever was on one of its links stays there
  const put = (old, fresh) => {
    const at = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.replaceWith(fresh);
    if (at) [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === at)?.focus();
    // Said once, at the end: somebody who listens does not want to hear every page
    if ("more" in old.dataset && !("more" in fresh.dataset)) {
      news.className = "hidden"; // it stands in the list
      news.textContent = [...fresh.querySelectorAll("[data-news]")].map((one) => one.textContent).join(" ");
    }
  };

  const ask = async (address, id) => {
    const reply = await fetch(address, { redirect: "error" });
    if (!reply.ok) throw new Error(reply.status);
    const old = document.getElementById(id);
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(id);
    if (old && fresh && fresh.outerHTML !== old.outerHTML) put(old, fresh);
  };

  const look = async () => {
    const uploads = document.getElementById("uploads");
    const wasUnderWay = "more" in uploads.dataset;
    await ask(uploads.dataset.from, "uploads");
    // The days below count files that are taken in: once all are read, they are asked for as well
    if (wasUnderWay && !("more" in document.getElementById("uploads").dataset)) await ask(location.pathname, "days");
  };

  const refresh = async () => {
    clearTimeout(timer);
    try {
      await look();
      if (missed >= MOST_MISSED) news.textContent = "";
      missed = 0;
    } catch { // the server is away for a moment, or the session has ended
      missed += 1;
      if (missed === MOST_MISSED) {
        news.className = "faults";
        news.textContent = news.dataset.away;
      }
    }
    clearTimeout(timer); // of another refresh, begun meanwhile
    if ("more" in document.getElementById("uploads").dataset) timer = setTimeout(refresh, EVERY_MS);
  };
  if ("more" in document.getElementById("uploads").dataset) timer = setTimeout(refresh, EVERY_MS);
})();
