// A hand scanner types a code and Enter: sheets are put on a stack one by one, counted by cell, and wrong ones are told
// by sound and colour without losing the stack. The stack is the list of names in the form, which works without this.
"use strict";
(() => {
  const station = document.getElementById("station");
  const form = document.querySelector("form.record");
  if (!station || !form) return;
  const at = (id) => document.getElementById(id);
  const code = at("code"), last = at("last"), names = at("names"), feed = station.querySelector(".feed");
  const kept = `stack-${station.dataset.word}`;
  const stack = new Map(); // number -> cell
  // A page that is loaded again by a slip of the hand goes on where it was
  const load = (name) => JSON.parse(sessionStorage.getItem(`${kept}-${name}`) || "[]");
  const keep = (name, list) => sessionStorage.setItem(`${kept}-${name}`, JSON.stringify(list));
  const waiting = load("waiting"), refusals = load("refused");
  let busy = false, isLeaving = false, sound = null;
  addEventListener("beforeunload", () => { isLeaving = true; });

  const beep = (pitch, seconds) => {
    try {
      sound = sound || new AudioContext();
      const tone = sound.createOscillator(), loud = sound.createGain();
      tone.frequency.value = pitch;
      loud.gain.value = 0.2;
      tone.connect(loud).connect(sound.destination);
      tone.start();
      tone.stop(sound.currentTime + seconds);
    } catch {
      // No sound here: the colour and the words are there
    }
  };

  const split = (written) => written.split(/[\n,;]/).map((name) => name.trim()).filter(Boolean);

  const show = () => {
    const counts = new Map();
    stack.forEach((cell) => counts.set(cell, (counts.get(cell) || 0) + 1));
    at("total").textContent = stack.size;
    at("cells").replaceChildren(...[...counts].sort().map(([cell, count]) => {
      const item = document.createElement("li");
      item.textContent = `${cell}: ${count}`;
      return item;
    }));
    names.value = [...stack.keys()].join("\n");
    keep("sheets", [...stack]);
  };

  const say = (kind, words) => {
    feed.classList.remove("right", "again", "wrong");
    void feed.offsetWidth;
    feed.classList.add(kind);
    last.textContent = words;
  };

  const refuse = (what, why, fix) => {
    beep(220, 0.5);
    say("wrong", `${what}: ${why}`);
    refusals.unshift(fix ? `${what}: ${why} \u2192 ${fix}` : `${what}: ${why}`);
    showRefusals();
  };

  const showRefusals = () => {
    keep("refused", refusals);
    at("refused").hidden = !refusals.length;
    at("wrong").replaceChildren(...refusals.map((words) => {
      const item = document.createElement("li");
      item.textContent = words;
      return item;
    }));
  };

  const accept = (found) => {
    if (stack.has(found.number)) {
      beep(440, 0.08);
      return say("again", `${found.number}: ${station.dataset.twice}`);
    }
    stack.set(found.number, found.cell);
    beep(1320, 0.05);
    show();
    return say("right", found.number);
  };

  const ask = async (typed) => {
    const sent = new FormData(form);
    ["names", "picture", "whole"].forEach((name) => sent.delete(name));
    sent.set("code", typed);
    const reply = await fetch(station.dataset.look, { method: "POST", body: sent });
    if (reply.redirected || reply.status >= 500) throw new Error(String(reply.status));
    return reply.ok ? reply.json() : { number: typed, why: station.dataset.lost };
  };

  const work = async () => {
    if (busy) return;
    busy = true;
    while (waiting.length) {
      const typed = waiting[0];
      try {
        const found = await ask(typed);
        if (found.why) refuse(found.number, found.why, found.fix);
        else accept(found);
      } catch {
        if (isLeaving) return;
        beep(220, 0.2);
        say("wrong", `${typed}: ${station.dataset.lost}`);
        await new Promise((go) => { setTimeout(go, 2000); }); // what was scanned waits for the network
        continue;
      }
      waiting.shift();
      keep("waiting", waiting);
    }
    busy = false;
  };

  code.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (event.ctrlKey) return form.requestSubmit();
    const typed = code.value.trim();
    code.value = "";
    if (!typed) return;
    // A Vietnamese keyboard turns the letters of a code into others
    if (/[^\x20-\x7e]/.test(typed)) return refuse(typed, station.dataset.ime, "");
    waiting.push(typed);
    keep("waiting", waiting);
    work();
  });
  at("drop").addEventListener("click", () => {
    const latest = [...stack.keys()].pop();
    if (latest) stack.delete(latest);
    show();
    say("again", latest ? `\u2212 ${latest}` : "");
    code.focus();
  });
  at("empty").addEventListener("click", () => {
    stack.clear();
    show();
    say("again", "");
    code.focus();
  });
  at("seen").addEventListener("click", () => {
    refusals.length = 0;
    showRefusals();
    code.focus();
  });
  names.addEventListener("input", () => {
    // Whoever types into the list itself takes it over: numbers that are still there keep their cells
    const typed = new Set(split(names.value));
    [...stack.keys()].forEach((number) => { if (!typed.has(number)) stack.delete(number); });
    typed.forEach((name) => { if (!stack.has(name)) stack.set(name, station.dataset.range); });
    const written = names.value;
    show();
    names.value = written;
  });
  form.addEventListener("submit", (event) => {
    if (waiting.length || busy) {
      event.preventDefault(); // the last codes are still being looked up
      setTimeout(() => form.requestSubmit(event.submitter || undefined), 200);
    } else {
      sessionStorage.setItem(`${kept}-sent`, "1");
    }
  });

  const wasSent = sessionStorage.getItem(`${kept}-sent`);
  sessionStorage.removeItem(`${kept}-sent`);
  const isRefused = "typed" in station.dataset;
  const early = isRefused || names.value === names.defaultValue ? "" : names.value; // typed while the page was loading
  if (!wasSent || isRefused) {
    const before = new Map(load("sheets"));
    (isRefused ? split(names.value) : [...before.keys()])
      .forEach((name) => stack.set(name, before.get(name) || station.dataset.range));
  }
  const restored = [...stack.keys()];
  split(early).forEach((name) => { if (!stack.has(name)) stack.set(name, station.dataset.range); });
  station.hidden = false;
  show();
  showRefusals();
  if (early) names.value = [...restored, early].join("\n");
  if (document.activeElement !== names) code.focus();
  work();
})();
