/**
 * A save that cannot reach the service leaves its page as it is, and what is typed into a call or a long text stays in this tab.
 *
 * A draft lies in the tab's own store, never in one that the next officer at a shared desk would find. It goes when
 * that is saved, when its officer signs out, and after 12 hours.
 */

const PREFIX = "tsalert-draft:";
const LONGEST = 12 * 60 * 60 * 1000;
const PATIENCE = 30 * 1000;
const GONE = new Set([500, 502, 503, 504]);
const SIGNED_OUT = 401;

document.addEventListener("submit", onSubmit);
document.querySelectorAll("form[data-draft]").forEach(keepDraft);

function onSubmit(event) {
  const form = event.target;
  if (form.matches("[data-forgets-drafts]")) {
    forgetDrafts(() => true);
  } else if (form.matches("[data-steady]") && !event.defaultPrevented) {
    event.preventDefault();
    save(form, event.submitter);
  }
}

/**
 * Try the save first where nothing can be lost. Only an answer lets the browser go on to send the form itself: its key
 * makes that second copy harmless, and leads it to where the first one led.
 */
async function save(form, button) {
  if (form.dataset.sending) {
    return;
  }
  form.dataset.sending = "yes";
  say(form, null);
  const began = new Date();
  const answer = await send(form, button);
  delete form.dataset.sending;
  if (!answer || GONE.has(answer.status)) {
    claim(form, began);
    say(form, "[data-unsaved]");
  } else if (answer.status === SIGNED_OUT) {
    say(form, "[data-signed-out]");
  } else {
    if (answer.type === "opaqueredirect") {
      sessionStorage.removeItem(storeOf(form));
    }
    pass(form, button);
  }
}

/** Let the browser send the form as its button does, which a form that sends itself leaves out. */
function pass(form, button) {
  const own = form.getAttribute("action");
  const chosen = document.createElement("input");
  Object.assign(chosen, { type: "hidden", name: button?.name ?? "", value: button?.value ?? "" });
  form.append(chosen);
  form.setAttribute("action", placeOf(form, button));
  form.submit();
  // The page may be shown again when somebody goes back.
  form.setAttribute("action", own);
  chosen.remove();
}

/** Return where a form goes by one of its buttons. */
function placeOf(form, button) {
  return button?.getAttribute("formaction") ?? form.getAttribute("action");
}

/** Where there is no signal, an officer's step happened when they first tried to tell it, not when that succeeds. */
function claim(form, began) {
  const time = form.querySelector("[data-first-try]");
  if (time && !time.value) {
    time.value = began.toISOString();
  }
}

/** Send a form and return the answer, or nothing where none came. */
async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    return await fetch(placeOf(form, button), { method: "POST", body, redirect: "manual", signal });
  } catch {
    return null;
  }
}

/** Show one of a form's notices, or none. */
function say(form, chosen) {
  for (const notice of form.querySelectorAll("[data-unsaved], [data-signed-out]")) {
    notice.hidden = !chosen || !notice.matches(chosen);
    if (!notice.hidden) {
      notice.focus();
    }
  }
}

function storeOf(form) {
  return `${PREFIX}${form.dataset.draft}`;
}

/** Bring back what was typed into this form and never saved, and keep what is typed from now on. */
function keepDraft(form) {
  const store = storeOf(form);
  forgetDrafts((name, draft) => ownerOf(name) !== ownerOf(store) || Date.now() - draft.at > LONGEST);
  const untouched = JSON.stringify(typedIn(form));
  const kept = sessionStorage.getItem(store);
  if (kept && !form.hasAttribute("data-returned")) {
    const { fields } = JSON.parse(kept);
    if (isAsTyped(form, fields)) {
      sessionStorage.removeItem(store);
    } else {
      restore(form, fields);
    }
  }
  form.addEventListener("input", () => {
    const fields = typedIn(form);
    if (JSON.stringify(fields) === untouched) {
      sessionStorage.removeItem(store);
    } else {
      sessionStorage.setItem(store, JSON.stringify({ at: Date.now(), fields }));
    }
  });
}

/** Tell whether a form shows what was typed already: it was saved after all. */
function isAsTyped(form, fields) {
  const shown = (list) => JSON.stringify(list.filter(([name]) => form.elements[name]?.type !== "hidden"));
  return shown(fields) === shown(typedIn(form));
}

/** Return whose draft it is: its officer's number stands last in its name. */
function ownerOf(store) {
  return store.slice(store.lastIndexOf(":"));
}

/** Forget the drafts of this tab that a test picks out. */
function forgetDrafts(isOver) {
  for (const name of Object.keys(sessionStorage).filter((each) => each.startsWith(PREFIX))) {
    if (isOver(name, JSON.parse(sessionStorage.getItem(name)))) {
      sessionStorage.removeItem(name);
    }
  }
}

/** Return a form's fields, its key and its time of opening among them, but not its proof of where it came from. */
function typedIn(form) {
  return [...new FormData(form)].filter(([name]) => name !== "csrf_token");
}

function restore(form, fields) {
  for (const field of form.elements) {
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = values.includes(field.value);
    } else if (values.length) {
      field.value = values[0];
    }
  }
  const notice = document.querySelector("[data-draft-notice]");
  notice.hidden = false;
  notice.querySelector("[data-discard]").addEventListener("click", () => discard(form));
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Start afresh: a new time of opening, and empty fields. */
function discard(form) {
  sessionStorage.removeItem(storeOf(form));
  location.assign(location.pathname + location.search);
}
