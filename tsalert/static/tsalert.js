/** What the browser adds to pages that already work: components, countdowns and keyboard shortcuts. */

import { initAll } from "./vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
// A steady form (drafts.js) sends once by itself; the component would swallow a second try made within a second.
document.querySelectorAll("[data-steady] button").forEach((button) => button.removeAttribute("data-prevent-double-click"));
initAll();

const MARKS = ["version", "seen", "shown"];
const TYPED = "textarea, select, input:not([type=hidden])";
document.addEventListener("submit", keepKey);
bringBackKeys();

// Apple's devices open no geo: address, which all others do.
if (/iPhone|iPad|Macintosh/.test(navigator.userAgent)) {
  document.querySelectorAll("a[href^='geo:']").forEach((link) => (link.href = link.href.replace(/^geo:[^?]*/, "maps:")));
}

let ahead = Date.parse(document.body.dataset.now) - Date.now(); // how far the server's clock is ahead of this one
countDown();
setInterval(countDown, 1000);
document.addEventListener("keydown", onKey);
document.addEventListener("htmx:afterSwap", countDown);
document.addEventListener("htmx:afterRequest", showStale);
if (document.body.matches(".ts-wall") && !document.querySelector("[data-live]")) {
  setTimeout(() => location.reload(), 30000); // nobody stands at a wall to try again
}

/**
 * Pages are never kept by the browser: going back fetches the form anew, with another key, and the browser fills in what was
 * typed. Sent again it would be saved twice, so its place in the tab's history remembers the key under which it was sent.
 */
function keepKey(event) {
  const at = typedForms().indexOf(event.target);
  if (at >= 0) {
    const sent = { ...history.state?.sent, [`${at} ${event.target.getAttribute("action")}`]: event.target.elements.submission.value };
    history.replaceState({ ...history.state, sent }, "");
  }
}

function bringBackKeys() {
  const sent = history.state?.sent ?? {};
  typedForms().forEach((form, at) => {
    form.elements.submission.value = sent[`${at} ${form.getAttribute("action")}`] ?? form.elements.submission.value;
  });
}

/**
 * Return the forms that add what is typed into them. One that asks for something, such as search, may be asked anew; one that
 * changes what stands names what it follows; one that is a button alone means what its page says now.
 */
function typedForms() {
  return [...document.querySelectorAll("form[data-steady]")].filter(
    ({ elements }) => !MARKS.some((name) => elements[name]) && [...elements].some((each) => each.matches(TYPED)),
  );
}

/** Bring every clock on the page up to date, those that came with a later part of it too. */
function countDown() {
  const now = Date.now() + ahead;
  for (const clock of document.querySelectorAll("[data-due-at]")) {
    const left = Math.floor(Date.parse(clock.dataset.dueAt) / 1000) - Math.floor(now / 1000);
    write(clock.querySelector("[data-remaining]"), timeLeft(left));
    showUrgency(clock.querySelector(".ts-clock"), left);
  }
  document.querySelectorAll("[data-time]").forEach((time) => write(time, londonTime(now)));
}

/** Write how much is left, or how long ago time ran out, as the server does (web/filters.py). */
function timeLeft(seconds) {
  if (seconds < 0) {
    return `by ${span(-seconds)}`;
  }
  if (seconds < 600) {
    return `${counted([[Math.floor(seconds / 60), "minute"], [seconds % 60, "second"]]) || "0 seconds"} left`;
  }
  return `${span(seconds)} left`;
}

/** Write a length of time: whole minutes, rounded down. */
function span(seconds) {
  const minutes = Math.floor(seconds / 60);
  const parts = [
    [Math.floor(minutes / 1440), "day"],
    [Math.floor(minutes / 60) % 24, "hour"],
    [minutes % 60, "minute"],
  ];
  return counted(parts) || "less than a minute";
}

function counted(parts) {
  const words = parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return words.join(" ");
}

/** Write an instant as London's clocks show it. */
function londonTime(instant) {
  const shown = { timeZone: "Europe/London", hour: "numeric", minute: "2-digit", hour12: true };
  return new Intl.DateTimeFormat("en-GB", shown).format(instant).replace(/\s/g, "").toLowerCase();
}

/** A running clock must not go on saying what was true some minutes ago. */
function showUrgency(state, left) {
  const [urgency, words] = left < 0 ? ["overdue", "Overdue"]
    : left <= 600 ? ["red", "Almost due"]
    : left <= 1800 ? ["amber", "Due soon"]
    : ["running", "Running"];
  if (state && !state.classList.contains(`ts-clock--${urgency}`)) {
    state.className = `ts-clock ts-clock--${urgency}`;
    write(state, words);
  }
}

/** Touch the page only where it changes, so that screen readers and selections are left alone. */
function write(element, text) {
  if (element && element.textContent !== text) {
    element.textContent = text;
  }
}

/** Say so when a live part of the page can no longer be brought up to date; where it was refused, the page says why. */
function showStale(event) {
  const { elt, successful, xhr } = event.detail;
  const notice = document.querySelector("[data-stale]");
  if (!notice || !elt.matches("[data-live]")) {
    return;
  }
  notice.hidden = successful;
  if (document.body.dataset.coverAt && xhr.status === 401) {
    document.dispatchEvent(new CustomEvent("ts:refused")); // this desk may be covered (desk.js)
  } else if (xhr.status === 401 || xhr.status === 403) {
    location.reload();
  } else if (successful) {
    setClock(Date.parse(xhr.getResponseHeader("Date")));
  }
}

/** Follow the server's clock where this one went astray; a second either way is its rounding. */
function setClock(told) {
  if (Math.abs(told - Date.now() - ahead) > 2000) {
    ahead = told - Date.now();
  }
}

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    // The form that somebody is typing into, as Enter alone does in a box of one line; else the one that the page is for.
    const form = event.target.closest("main form[method=post]") ?? document.querySelector("form[data-ctrl-enter]");
    press(form?.querySelector("button:not([type=button])"), event);
  } else if (isShortcut(event)) {
    press(shortcutFor(event.key), event);
  }
}

/** Each officer chooses the call's key, or no keys at all, on the account page; what stands at the top carries them. */
function shortcutFor(key) {
  return [...document.querySelectorAll("[data-shortcut]")].find((link) => link.dataset.shortcut === key?.toLowerCase());
}

function press(target, event) {
  if (target) {
    event.preventDefault();
    target.matches("input") ? target.focus() : target.click();
  }
}

function isShortcut(event) {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  const isCombined = event.ctrlKey || event.metaKey || event.altKey;
  return !isTyping && !isCombined && !event.repeat;
}
