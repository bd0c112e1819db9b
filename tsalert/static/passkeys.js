/** Forms that a passkey fills in: the browser asks its holder, and the answer goes the way of every form. */

const canUse = typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";

offerPasskeys(document);

/** Offer passkeys in a part of the page, where this browser has them. */
export function offerPasskeys(page) {
  for (const part of page.querySelectorAll("[data-passkey]")) {
    part.hidden = !canUse;
    part.nextElementSibling.hidden = canUse;
    part.querySelector("form").addEventListener("submit", (event) => onSubmit(event, part));
  }
}

async function onSubmit(event, part) {
  const form = event.target;
  const field = form.querySelector("[data-passkey-answer]");
  if (field.value) {
    return;
  }
  event.preventDefault();
  const failed = part.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const credential = await answer(part.dataset.passkey, JSON.parse(part.dataset.options));
    field.value = JSON.stringify(credential.toJSON());
  } catch {
    failed.hidden = false; // the holder changed their mind, or has no passkey here
    return;
  }
  form.requestSubmit();
}

function answer(how, options) {
  return how === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}
