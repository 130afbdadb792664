// Typing a sheet in by keyboard: digits choose, Enter goes on. Everything here can be done without it.
"use strict";
(() => {
  const form = document.getElementById("typing");
  const asks = [...form.querySelectorAll("fieldset.ask")];
  const send = form.querySelector("button");
  const first = (ask) => ask.querySelector("input:checked") || ask.querySelector("input, textarea");
  const go = (place) => {
    const ask = asks[Math.max(0, place)];
    const target = ask ? first(ask) : send;
    target.focus({ preventScroll: true });
    (ask || send).scrollIntoView({ block: "center" });
  };
  const isChoice = (input) => input.matches("[type=radio], [type=checkbox]");

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const ask = event.target.closest("fieldset.ask");
    if (!ask) return;
    const place = asks.indexOf(ask);
    const inWords = event.target.matches("textarea") || !isChoice(event.target);
    if (event.key === "Enter" && !(event.target.matches("textarea") && event.shiftKey)) {
      event.preventDefault();
      go(place + 1);
    } else if (event.key === "ArrowDown" && !event.target.matches("textarea")) {
      event.preventDefault();
      go(place + 1);
    } else if (event.key === "ArrowUp" && !event.target.matches("textarea")) {
      event.preventDefault();
      go(place - 1);
    } else if (!inWords && /^[0-9]$/.test(event.key)) {
      event.preventDefault();
      const choices = [...ask.querySelectorAll("input[data-key]")];
      if (event.key === "0") choices.forEach((choice) => { choice.checked = false; });
      const wanted = choices.find((choice) => choice.dataset.key === event.key);
      if (!wanted) return;
      wanted.checked = wanted.type === "radio" || !wanted.checked;
      if (wanted.type === "radio") go(place + 1);
      else wanted.focus({ preventScroll: true });
    }
  });
  go(asks.findIndex((ask) => !ask.querySelector("input:checked")));
})();
