/**
 * A long text, with whatever else stands in its form, is saved while it is written: some seconds after the last key, and
 * when its page is left.
 *
 * Each save names what it follows; where somebody else saved meanwhile nothing is overwritten, and saving the form
 * shows both texts. What could not be saved is tried again, and stays in this tab (drafts.js).
 */

const PAUSE = 8 * 1000;
const LARGEST_ON_LEAVING = 60 * 1000; // bytes; browsers send no more for a page that is gone
const SIGNED_OUT = "Not saved: you are no longer signed in. Sign in again in a new tab, then load this page again: this tab keeps what you wrote.";
// The page's proof of origin goes with the sign-in under which it was loaded.
const NOT_OF_THIS_SIGN_IN = "Not saved: you have signed in again since this page was loaded, or are signed in no longer. Sign in in a new tab if you are not, then load this page again: this tab keeps what you wrote.";
const SAID = {
  400: NOT_OF_THIS_SIGN_IN,
  401: SIGNED_OUT,
  403: "Not saved: you may no longer change this. Save it to see why; what you wrote stays on this page.",
  404: "Not saved: this has been removed meanwhile. What you wrote stays on this page: copy it before you leave.",
  409: "Not saved: somebody else saved this text, or the report is published by now. Save it to see which.",
  413: "Not saved: it is too long. Shorten it; what you wrote stays on this page.",
  422: "Not saved: it cannot be kept as it is. Save it to see why.",
};
const LOST = "Not saved: the service cannot be reached. It is tried again by itself; what you wrote stays on this page.";

document.querySelectorAll("textarea[data-autosave]").forEach(watch);

function watch(box) {
  const isReturned = box.form.hasAttribute("data-returned");
  const state = { saved: isReturned ? null : savedIn(box), timer: null, saving: null, isOver: false, isSent: false };
  box.form.addEventListener("input", () => {
    state.isSent = false;
    renewKey(box.form);
    wait(box, state);
  });
  box.form.addEventListener("submit", (event) => {
    clearTimeout(state.timer);
    if (state.saving) {
      // The form must name the version that is on its way; nobody else may send it before.
      event.preventDefault();
      event.stopImmediatePropagation();
      state.saving.then(() => box.form.requestSubmit(event.submitter));
    } else {
      state.isSent = true;
    }
  });
  addEventListener("online", () => save(box, state));
  addEventListener("pagehide", () => saveOnLeaving(box, state));
}

function wait(box, state) {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(box, state), PAUSE);
}

function isToSave(box, state) {
  return !state.isOver && !state.saving && !state.isSent && wordsIn(box) !== state.saved;
}

function save(box, state) {
  if (isToSave(box, state)) {
    state.saving = attempt(box, state).finally(() => {
      state.saving = null;
    });
  }
}

async function attempt(box, state) {
  const sent = wordsIn(box);
  const answer = await send(box, {});
  if (answer?.ok) {
    const told = await answer.json();
    if (box.form.elements.version) {
      box.form.elements.version.value = told.version;
    }
    state.saved = sent;
    forgetDraft(box, sent);
    say(box, `Saved at ${told.saved}.`);
    return;
  }
  const said = answer?.status === 409 && box.dataset.conflict ? box.dataset.conflict : SAID[answer?.status];
  state.isOver = answer?.status === 409;
  say(box, said ?? LOST);
  if (!said) {
    wait(box, state);
  }
}

function saveOnLeaving(box, state) {
  if (state.saved !== null && isToSave(box, state) && String(bodyOf(box)).length < LARGEST_ON_LEAVING) {
    send(box, { keepalive: true });
  }
}

/** Send the text without the form's own key, which counts once and belongs to its button. */
async function send(box, how) {
  try {
    return await fetch(box.dataset.autosave, { method: "POST", body: bodyOf(box), redirect: "error", ...how });
  } catch {
    return null;
  }
}

function bodyOf(box) {
  const body = new URLSearchParams(new FormData(box.form));
  body.delete("submission");
  return body;
}

/** Give other words another key: a key whose form came through, though no answer did, would swallow them. */
function renewKey(form) {
  const numbers = crypto.getRandomValues(new Uint8Array(16));
  form.elements.submission.value = Array.from(numbers, (each) => each.toString(16).padStart(2, "0")).join("");
}

/** Return all that somebody typed into the form of a text; what the page says of itself is none of it. */
function wordsIn(box) {
  const fields = [...new FormData(box.form)].filter(([name]) => box.form.elements[name].type !== "hidden");
  return JSON.stringify(fields);
}

/** Return the same as the server sent it: what a tab brought back (drafts.js) is not saved yet. */
function savedIn(box) {
  const fresh = box.form.cloneNode(true);
  fresh.reset();
  return wordsIn({ form: fresh });
}

function forgetDraft(box, saved) {
  if (wordsIn(box) === saved) {
    sessionStorage.removeItem(`tsalert-draft:${box.form.dataset.draft}`);
  }
}

function say(box, words) {
  box.form.querySelector("[data-autosaved]").textContent = words;
}
