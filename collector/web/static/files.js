// Fields for files say in the page's language what a browser says in its own. The field itself lies over these words:
// pointer, keyboard, dropping and screen reader meet it as without this script.
"use strict";
(() => {
  const words = document.currentScript.dataset;
  for (const field of document.querySelectorAll("input[type=file]")) {
    const box = document.createElement("span");
    const press = document.createElement("span");
    const chosen = document.createElement("span");
    box.className = "picker";
    press.className = "button quiet";
    press.textContent = field.multiple ? words.many : words.one;
    for (const one of [press, chosen]) one.setAttribute("aria-hidden", "true");
    const show = () => {
      const files = field.files;
      chosen.textContent = files.length > 1 ? words.some.replace("{count}", files.length) : files[0]?.name ?? words.none;
    };
    field.replaceWith(box);
    box.append(field, press, chosen);
    field.addEventListener("change", show);
    show();
  }
})();
