/* The risk questions: sum and risk follow the answers, by the numbers of the version that the page carries; the server decides. */
const LEVELS = ["low", "medium", "high"];
const HUES = ["is-green", "is-amber", "is-red"];

const read = (form) => {
  const questions = [...form.querySelectorAll("[data-weight]")];
  const given = questions.map((question) => [Number(question.dataset.weight), question.querySelector("input:checked")]);
  const sum = given.reduce((total, [weight, option]) => total + (option ? weight * Number(option.value) : 0), 0);
  return { sum, open: given.filter(([, option]) => !option).length, always: form.querySelector("[name=triggers]:checked") !== null };
};

const level = (form, sum, always) => {
  if (always || sum >= Number(form.dataset.high)) return 2;
  return sum >= Number(form.dataset.medium) ? 1 : 0;
};

const show = (form) => {
  const place = form.querySelector("[data-sum]");
  const { sum, open, always } = read(form);
  const at = level(form, sum, always);
  const known = !open || always;
  place.hidden = false;
  place.className = `c-note ${known ? HUES[at] : ""}`;
  place.dataset.level = known ? LEVELS[at] : "";
  const said = known ? place.dataset.say : place.dataset.left;
  place.textContent = said.replace("{risk}", place.dataset.levels.split("|")[at]).replace("{sum}", sum).replace("{n}", open);
};

const each = (event) => { const form = event.target.closest?.("form[data-risk]"); if (form) show(form); };
document.addEventListener("change", each);
document.addEventListener("restored", each);
for (const form of document.querySelectorAll("form[data-risk]")) show(form);
