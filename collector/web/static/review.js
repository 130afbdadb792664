// Keys for the queue of doubtful marks and for second looks. Everything here can be done without it, by mouse or by Tab.
"use strict";
(() => {
  const decide = document.getElementById("decide");
  const undo = document.getElementById("undo");
  const choices = decide ? [...decide.querySelectorAll("input[data-key]")] : [];
  // What can only be said alone (blank, cannot tell) and boxes that are marked put each other out
  const settle = (said) => {
    if (!said.checked || said.type !== "checkbox") return;
    choices.forEach((choice) => {
      if (choice !== said && ("alone" in said.dataset || "alone" in choice.dataset)) choice.checked = false;
    });
  };
  choices.forEach((choice) => choice.addEventListener("change", () => settle(choice)));
  const clear = () => choices.forEach((choice) => { choice.checked = choice.dataset.key === "0"; });

  const press = (key) => {
    if (key === "u") return undo && undo.requestSubmit();
    if (!decide) return undefined;
    if (key === "Enter") return decide.requestSubmit();
    if (key === "0" || key === " ") return clear();
    const wanted = choices.find((choice) => choice.dataset.key === key);
    if (!wanted) return false;
    wanted.checked = wanted.type === "radio" || !wanted.checked;
    settle(wanted);
    wanted.focus();
    return undefined;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const at = event.target;
    if (at.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
    if ((event.key === "Enter" || event.key === " ") && at.matches("a, button, summary")) return;
    if (!/^([0-9kmu ]|Enter)$/.test(event.key)) return;
    if (press(event.key) !== false) event.preventDefault();
  });
})();
