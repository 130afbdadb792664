// Keys for the queue of doubtful marks and for second looks, and the next one in the place of the last without a new
// page. Everything here can be done without it, by mouse or by Tab.
"use strict";
(() => {
  const main = document.getElementById("main");
  let busy = false;
  const part = (id) => document.getElementById(id);
  const listChoices = () => [...main.querySelectorAll("#decide input[data-key]")];

  // What can only be said alone (blank, cannot tell) and boxes that are marked put each other out
  const settle = (said) => {
    if (!said.checked || said.type !== "checkbox") return;
    listChoices().forEach((choice) => {
      if (choice !== said && ("alone" in said.dataset || "alone" in choice.dataset)) choice.checked = false;
    });
  };
  const clear = () => listChoices().forEach((choice) => { choice.checked = choice.dataset.key === "0"; });

  const swap = (html, address) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.getElementById("main");
    if (!fresh || !fresh.querySelector("#undo")) return location.assign(address);
    main.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    window.scrollTo(0, 0);
    stand();
    showSwitch();
    return undefined;
  };

  // Where the last one was decided the next one begins, heard too: question, what stands chosen. Else focus is nowhere
  const PLACES = ["[autofocus]", "[role=alert]", "#decide input:checked", "#decide input[data-key]", ".none"];
  const stand = () => {
    const place = PLACES.map((one) => main.querySelector(one)).find(Boolean);
    if (!place) return;
    if (!place.matches("input")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };

  // Single keys can be put out of use, for good in this browser (WCAG 2.1.4)
  const OFF = "phieu-keys-off";
  const areOff = () => { try { return localStorage.getItem(OFF) !== null; } catch { return false; } };
  const showSwitch = () => {
    if (!part("keys")) return;
    part("keys").hidden = false;
    part("keys").setAttribute("aria-pressed", String(!areOff()));
  };
  main.addEventListener("click", (event) => {
    if (event.target.id !== "keys") return;
    try {
      if (areOff()) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "");
    } catch { /* a browser that keeps nothing: the keys stay */ }
    showSwitch();
  });
  showSwitch();

  // What a browser sends by itself names no button
  const keepPressed = (form, pressed) => {
    if (!pressed || !pressed.name) return;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: pressed.name, value: pressed.value }));
  };

  // Keys pressed on the way to the next one are dropped: nobody decides about a mark that they have not seen
  const send = async (form, pressed) => {
    if (busy) return;
    busy = true;
    main.setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(form.action, { method: "POST", body: new FormData(form, pressed) });
      swap(await reply.text(), reply.url);
    } catch {
      keepPressed(form, pressed);
      form.submit();
    } finally {
      busy = false;
      main.removeAttribute("aria-busy");
    }
  };

  const press = (key) => {
    const decide = part("decide");
    if (key === "u") return part("undo") && part("undo").requestSubmit();
    if (!decide) return undefined;
    if (key === "Enter" || key === " ") return decide.requestSubmit();
    if (key === "0") return clear();
    const wanted = listChoices().find((choice) => choice.dataset.key === key);
    if (!wanted) return false;
    wanted.checked = wanted.type === "radio" || !wanted.checked;
    settle(wanted);
    wanted.focus({ preventScroll: true });
    return undefined;
  };

  main.addEventListener("change", (event) => { if (event.target.matches("#decide input[data-key]")) settle(event.target); });
  document.addEventListener("submit", (event) => {
    if (!["decide", "undo", "page"].includes(event.target.id)) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  // A whole page is decided by its own button alone
  main.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("#page input")) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || areOff()) return;
    const at = event.target;
    if (at.closest("#page")) return;
    if (at.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
    if ((event.key === "Enter" || event.key === " ") && at.matches("a, button, summary")) return;
    if (!/^([0-9kmu ]|Enter)$/.test(event.key)) return;
    if (busy || press(event.key) !== false) event.preventDefault();
  });
})();
