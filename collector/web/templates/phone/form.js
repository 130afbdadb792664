// What a phone with scripts gets on top: answers kept on it until the signed receipt is there, sending that goes on by
// itself, skip rules and progress as one goes. Without it everything works by plain forms. ES5, for old phones.
(function () {
  "use strict";
  var WEEK_MS = 6048e5, MOST_S = 120;
  var main = document.querySelector("main"), words = JSON.parse(main.getAttribute("data-words"));
  var serial = main.getAttribute("data-serial"), key = "phieu." + serial, title = document.title;
  var form, bar, box, timer, kept, store, tries = 0, busy = false;
  if (!("responseType" in new XMLHttpRequest()) || !main.classList) return;
  try {
    store = window.localStorage;
    store.setItem("phieu?", "1");
    store.removeItem("phieu?");
  } catch (e) { store = null; }

  function each(list, act) { for (var i = 0; i < list.length; i++) act(list[i]); }
  function all(css, root) { return (root || main).querySelectorAll(css); }
  function isMark(one) { return /^(radio|checkbox)$/.test(one.type); }
  function make(tag, text, parent) {
    var made = document.createElement(tag);
    made.textContent = text;
    return parent.appendChild(made);
  }
  function press(text, parent, act) {
    var button = make("button", text, parent);
    button.type = "button";
    button.className = "plain";
    button.onclick = act;
  }

  // --- kept on this phone: v the fields as [name, value], q whether they are to be sent, t when they were given
  function values() {
    var said = [];
    each(form.elements, function (one) {
      if (one.name && (one.checked || !isMark(one))) said.push([one.name, one.value]);
    });
    return said;
  }
  function isEmpty(said) {
    return !said.some(function (pair) { return pair[0].charAt(0) !== "-" && /\S/.test(pair[1]); });
  }
  function keep(queued) {
    kept = { v: values(), q: queued, t: Date.now() };
    try { store.setItem(key, JSON.stringify(kept)); } catch (e) { return false; }
    return true;
  }
  function forget() {
    kept = null;
    clearTimeout(timer);
    try { store.removeItem(key); } catch (e) { /* then nothing was kept */ }
  }
  function recall() {
    var i, name, old;
    try {
      for (i = store.length; i--;) {
        name = store.key(i);
        old = /^phieu\./.test(name) && JSON.parse(store.getItem(name));
        if (old && !old.q && !(Date.now() - old.t < WEEK_MS)) store.removeItem(name);
      }
      return JSON.parse(store.getItem(key));
    } catch (e) { return null; }
  }
  function put(said) {
    each(form.elements, function (one) {
      var mine = said.filter(function (pair) { return pair[0] === one.name; });
      if (isMark(one)) one.checked = mine.some(function (pair) { return pair[1] === one.value; });
      else if (one.name && (mine.length || one.type !== "hidden")) one.value = mine.length ? mine[0][1] : "";
    });
  }
  function erase() {
    if (!window.confirm(words.sure)) return;
    forget();
    if (form) form.reset(); // or the browser itself would fill it in again
    location.replace(location.href);
  }

  // --- skip rules, "as above" and progress
  function skip() {
    var active = {};
    function isPast(one) {
      return (one.className.match(/after-[\w-]+/g) || []).some(function (name) { return active[name]; });
    }
    JSON.parse(form.getAttribute("data-skips")).forEach(function (rule) {
      var asked = all('[data-q="' + rule[1] + '"]')[0];
      active["after-" + rule[0]] = asked && !isPast(asked) && rule[2].some(function (option) {
        return all('[name="' + rule[1] + '"][value="' + option + '"]:checked').length;
      });
    });
    each(all("[class*=after-]"), function (one) { one.hidden = isPast(one); });
  }
  function isDone(unit, isAnsweredAbove) {
    var open = {}, same = all(".same:checked", unit).length > 0;
    each(all(".asks", unit), function (asks) { asks.hidden = same; });
    each(all("input:not(.b):not(.same),textarea", unit), function (one) {
      open[one.name] = open[one.name] || (isMark(one) ? one.checked : /\S/.test(one.value));
    });
    return same ? isAnsweredAbove : Object.keys(open).every(function (name) { return open[name]; });
  }
  function count() {
    var done = 0, units = 0, isAnswered = false;
    each(all("[data-unit]"), function (unit) {
      var is = isDone(unit, isAnswered);
      isAnswered = isAnswered || all(".asks :checked", unit).length > 0;
      unit.classList[is ? "add" : "remove"]("done");
      if (!unit.hidden) { units++; done += is ? 1 : 0; }
    });
    bar.firstChild.textContent = words.done.replace("{done}", done).replace("{all}", units);
  }
  function changed(event) {
    var one = event.target;
    if (one.className === "same" && one.checked) {
      each(all(".asks input", document.getElementById(one.value)), function (mark) { mark.checked = false; });
    }
    bar.lastChild.textContent = keep(false) ? words.saved : "";
    skip();
    count();
  }

  // --- sending
  function say(text) {
    if (!box) {
      box = document.createElement("div");
      box.className = "note bad";
      box.id = "unsent";
      make("h2", words.unsent, box).tabIndex = -1;
      make("p", "", box).setAttribute("role", "status");
      make("p", words.wait, box);
      press(words.retry, box, send);
      if (form) press(words.plain, box, function () { form.submit(); });
      press(words.forget, box, erase);
      main.insertBefore(box, main.firstChild);
    }
    if (main.className !== "queued") {
      main.className = "queued";
      box.firstChild.focus();
    }
    document.title = words.unsent + " · " + title;
    box.childNodes[1].textContent = text;
  }
  function later() {
    var wait_s = Math.min(MOST_S, Math.pow(2, ++tries)) * (0.5 + Math.random());
    busy = false;
    say(words.later.replace("{seconds}", Math.ceil(wait_s)));
    timer = setTimeout(send, wait_s * 1000);
  }
  function send() {
    var xhr = new XMLHttpRequest();
    if (busy || !kept || !kept.q) return;
    busy = true;
    clearTimeout(timer);
    say(words.sending);
    xhr.open("POST", main.getAttribute("data-action"));
    xhr.responseType = "document";
    xhr.timeout = 45000;
    xhr.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    xhr.setRequestHeader("Phieu-Fetch", "1");
    xhr.onload = function () { if (!arrived(xhr)) later(); };
    xhr.onerror = xhr.ontimeout = later;
    xhr.send(kept.v.map(function (pair) { return pair.map(encodeURIComponent).join("="); }).join("&"));
  }
  // Only a reply with the seal of this very sheet is one of ours, and only one with a receipt says that it arrived.
  function arrived(xhr) {
    var said = (xhr.getResponseHeader("Phieu-Sheet") || "").split(" "), page = xhr.response, head;
    var isOurs = said[0] === serial && said[1] === main.getAttribute("data-seal");
    if (!isOurs || !page || !(said[2] || xhr.status === 422 || xhr.status === 410)) return false;
    busy = false;
    tries = 0;
    main.className = "";
    main.innerHTML = page.querySelector("main").innerHTML;
    document.title = title = page.title;
    box = form = null;
    if (xhr.status === 422) begin(true);
    else forget();
    head = all("[role=alert]")[0] || all("h1")[0];
    head.tabIndex = -1;
    head.focus();
    window.scrollTo(0, 0);
    return true;
  }

  function open() {
    var lost = document.getElementById("lost"); // what to do where no script sends again
    lost.parentNode.removeChild(lost);
    bar = make("p", "", main);
    bar.className = "bar";
    make("b", "", bar);
    make("span", "", bar).setAttribute("role", "status");
    if (store) press(words.forget, main, erase);
    form.noValidate = true; // the server says all that is wrong at once, in words of the form's language
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", function (event) {
      if (isEmpty(values())) return; // the server says what is missing
      event.preventDefault();
      keep(true);
      send();
    });
  }
  function begin(isFaulty) {
    form = all("form")[0];
    kept = recall();
    if (form) {
      open();
      // What came back to a post is kept, so it need not be posted again to be seen: going back to it fetches the page.
      if (isFaulty) { if (keep(false) && history.replaceState) history.replaceState(null, "", location.href); }
      else if (kept && !isEmpty(kept.v)) {
        put(kept.v);
        if (!kept.q) bar.lastChild.textContent = words.restored;
      }
      skip();
      count();
    } else if (!kept || !kept.q) forget();
    send();
  }
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) send(); });
  begin(main.getAttribute("data-page") === "faults");
})();
