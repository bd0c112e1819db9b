/**
 * Covers a page that nobody has used for a while, without taking from it what was typed.
 *
 * The service says whether the desk is covered (staff/locking.py): another tab may be in use. While somebody types or
 * points here it is told so, now and then. Where somebody else has signed in meanwhile, the page goes: it is not theirs.
 */

import { offerPasskeys } from "./passkeys.js";

const PING = 60 * 1000;
const { lockAfter, coverAt, activeAt, deskOf } = document.body.dataset;
const title = document.title;
let pinged = Date.now();
let timer = setTimeout(look, lockAfter * 1000);

for (const kind of ["keydown", "pointerdown"]) {
  document.addEventListener(kind, noteActive, { passive: true, capture: true });
}
document.addEventListener("ts:refused", look);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());

function noteActive() {
  if (Date.now() - pinged < PING || document.querySelector(".ts-cover")) {
    return;
  }
  pinged = Date.now();
  const token = document.querySelector("[name=csrf_token]")?.value ?? "";
  reach(activeAt, { method: "POST", headers: { "X-CSRFToken": token } }).then(show);
}

/** Cover the page where the desk is covered, and leave none standing at which nobody is signed in any more. */
async function look() {
  if (await ask()) {
    location.reload();
  }
}

/** Ask whether this desk is covered, and return whether nobody is signed in at it any more. */
async function ask() {
  const answer = await reach(coverAt, { headers: { "HX-Request": "true" } });
  await show(answer);
  return answer?.status === 401 && !document.querySelector(".ts-cover");
}

/** Ask the service, and return nothing where it does not answer. */
async function reach(address, options) {
  try {
    return await fetch(address, { ...options, redirect: "manual" });
  } catch {
    return null;
  }
}

/** Cover the page or uncover it, as the service says. */
async function show(answer) {
  clearTimeout(timer);
  const left = Number(answer?.headers.get("Retry-After") ?? lockAfter);
  timer = setTimeout(look, Math.max(left, 5) * 1000);
  if (answer?.status === 401) {
    lay(new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-cover]"));
  } else if (answer?.status === 204 && answer.headers.get("Desk-Of") !== deskOf) {
    // Not loaded again: a page that came of a form would send it again.
    location.replace(location.pathname + location.search);
  } else if (answer?.status === 204) {
    lift();
  }
}

function lay(cover) {
  if (!cover || (document.querySelector(".ts-cover") && !cover.querySelector("[role=alert]"))) {
    return;
  }
  lift();
  const dialog = document.createElement("dialog");
  dialog.className = "ts-cover";
  dialog.setAttribute("aria-labelledby", "cover-title");
  dialog.append(document.adoptNode(cover));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  document.title = "Locked";
  dialog.showModal();
  offerPasskeys(dialog);
  dialog.addEventListener("submit", onSubmit);
  globalThis.htmx?.process(dialog);
}

/** Take the cover off; closing it gives the focus back to where somebody was typing, which shows again by then (tsalert.css). */
function lift() {
  const cover = document.querySelector(".ts-cover");
  cover?.close();
  cover?.remove();
  document.title = title;
}

/** Take the cover off in place; what signs the officer out goes its own way. */
async function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.matches("[data-forgets-drafts]")) {
    return;
  }
  event.preventDefault();
  const answer = await reach(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer?.type === "opaqueredirect") {
    pinged = Date.now();
    ask();
  } else {
    show(answer);
  }
}
