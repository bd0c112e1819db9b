/** What the browser adds to pages that already work: components, countdowns and keyboard shortcuts. */

import { initAll } from "./vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
// A steady form (drafts.js) sends once by itself; the component would swallow a second try made within a second.
document.querySelectorAll("[data-steady] button").forEach((button) => button.removeAttribute("data-prevent-double-click"));
initAll();

countDown();
setInterval(countDown, 1000);
document.addEventListener("keydown", onKey);
document.addEventListener("htmx:afterRequest", showStale);

/** Bring every clock on the page up to date, those that came with a later part of it too. */
function countDown() {
  const now = Date.now();
  for (const clock of document.querySelectorAll("[data-due-at]")) {
    const left = Date.parse(clock.dataset.dueAt) - now;
    const text = left < 0 ? `by ${span(-left)}` : `${span(left)} left`;
    write(clock.querySelector("[data-remaining]"), text);
    if (left < 0) {
      showOverdue(clock.querySelector(".ts-clock"));
    }
  }
}

/** Write a length of time as the server does: whole minutes, rounded down. */
function span(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  const parts = [
    [Math.floor(minutes / 1440), "day"],
    [Math.floor(minutes / 60) % 24, "hour"],
    [minutes % 60, "minute"],
  ];
  const words = parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return words.join(" ") || "less than a minute";
}

/** A running clock that passes its target here must not go on saying that it is in time. */
function showOverdue(state) {
  if (state) {
    state.className = "ts-clock ts-clock--overdue";
    write(state, "Overdue");
  }
}

/** Touch the page only where it changes, so that screen readers and selections are left alone. */
function write(element, text) {
  if (element && element.textContent !== text) {
    element.textContent = text;
  }
}

/** Say so when a live part of the page can no longer be brought up to date. */
function showStale(event) {
  const notice = document.querySelector("[data-stale]");
  if (notice && event.detail.elt.matches("[data-live]")) {
    notice.hidden = event.detail.successful;
  }
}

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    press(document.querySelector("form[data-ctrl-enter] button:not([type=button])"), event);
  } else if (isShortcut(event)) {
    press(shortcutFor(event.key), event);
  }
}

/** Each officer chooses the key, or none, on the account page; the link at the top carries it. */
function shortcutFor(key) {
  return [...document.querySelectorAll("[data-shortcut]")].find((link) => link.dataset.shortcut === key?.toLowerCase());
}

function press(target, event) {
  if (target) {
    event.preventDefault();
    target.click();
  }
}

function isShortcut(event) {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  const isCombined = event.ctrlKey || event.metaKey || event.altKey;
  return !isTyping && !isCombined && !event.repeat;
}
