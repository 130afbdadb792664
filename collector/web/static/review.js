// Keys for the queue of doubtful marks. Everything here can be done without it, by mouse or by Tab.
"use strict";
(() => {
  const decide = document.getElementById("decide");
  const undo = document.getElementById("undo");
  const choices = decide ? [...decide.querySelectorAll("input[data-key]")] : [];
  const clear = () => choices.forEach((choice) => { choice.checked = choice.dataset.key === "0"; });

  const press = (key) => {
    if (key === "u") return undo && undo.requestSubmit();
    if (!decide) return undefined;
    if (key === "Enter") return decide.requestSubmit();
    if (key === "0" || key === " ") return clear();
    const wanted = choices.find((choice) => choice.dataset.key === key);
    if (!wanted) return false;
    wanted.checked = wanted.type === "radio" || !wanted.checked;
    wanted.focus();
    return undefined;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const at = event.target;
    if (at.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
    if ((event.key === "Enter" || event.key === " ") && at.matches("a, button, summary")) return;
    if (!/^([0-9u ]|Enter)$/.test(event.key)) return;
    if (press(event.key) !== false) event.preventDefault();
  });
})();
