/** Beside the form for a call, show the prompts that its answers and words call up; without scripts all are read. */

const form = document.querySelector("#call");
const prompts = document.querySelectorAll("[data-answers], [data-words]");

form.addEventListener("input", show);
form.addEventListener("change", show);
show();

function show() {
  const fields = [...new FormData(form)];
  const answers = new Set(fields.map(([name, value]) => `${name}=${value}`));
  const text = ["caller_name", "happening", "kind", "trader"].map((name) => form.elements[name].value).join(" ");
  for (const prompt of prompts) {
    const isCalledUp = list(prompt.dataset.answers).some((answer) => answers.has(answer));
    prompt.hidden = !isCalledUp && !list(prompt.dataset.words).some((word) => begins(text, word));
  }
}

function list(joined) {
  return joined ? joined.split("|") : [];
}

/** Tell whether a word of the text begins so. */
function begins(text, beginning) {
  return new RegExp(`\\b${beginning}`, "i").test(text);
}
