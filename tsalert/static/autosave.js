/**
 * A long text is saved while it is written: some seconds after the last key.
 *
 * Each save names the version that it follows; where somebody else saved meanwhile nothing is overwritten, and saving
 * the form shows both texts.
 */

const PAUSE = 8 * 1000;
const SAID = {
  409: "Not saved: somebody else saved this text. Save it to see both.",
  422: "Not saved: a report does not take this as it is. Save it to see why.",
};
const LOST = "Not saved: the service cannot be reached, or you are signed out. It is tried again when you write on.";

document.querySelectorAll("textarea[data-autosave]").forEach(watch);

function watch(box) {
  const state = { saved: box.value, timer: null, saving: null, isOver: false };
  box.addEventListener("input", () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(box, state), PAUSE);
  });
  box.form.addEventListener("submit", (event) => {
    clearTimeout(state.timer);
    if (state.saving) {
      // The form must name the version that is on its way.
      event.preventDefault();
      state.saving.then(() => box.form.requestSubmit(event.submitter));
    }
  });
}

function save(box, state) {
  if (!state.isOver && !state.saving && box.value !== state.saved) {
    state.saving = attempt(box, state).finally(() => {
      state.saving = null;
    });
  }
}

async function attempt(box, state) {
  const sent = box.value;
  const answer = await send(box);
  if (answer?.ok) {
    const told = await answer.json();
    box.form.elements.version.value = told.version;
    state.saved = sent;
    say(box, `Saved at ${told.saved}.`);
  } else {
    state.isOver = answer?.status === 409;
    say(box, SAID[answer?.status] ?? LOST);
  }
}

/** Send the text without the form's own key, which counts once and belongs to its button. */
async function send(box) {
  const body = new URLSearchParams(new FormData(box.form));
  body.delete("submission");
  try {
    return await fetch(box.dataset.autosave, { method: "POST", body, redirect: "error" });
  } catch {
    return null;
  }
}

function say(box, words) {
  box.form.querySelector("[data-autosaved]").textContent = words;
}
