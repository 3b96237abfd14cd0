/* The quick log: nine cells set impact and urgency, keys pick them, the reason for a late entry appears when it is needed. */
const LATE = 15;

const cells = (box) => [...box.querySelectorAll("input[name=cell]")];

const choose = (cell) => {
  const box = cell.closest("[data-matrix]");
  const form = cell.form;
  box.querySelector("input[name=impact]").value = cell.dataset.impact;
  box.querySelector("input[name=urgency]").value = cell.dataset.urgency;
  for (const name of ["impact", "urgency"]) for (const select of form.querySelectorAll(`select[name=${name}]`)) select.value = cell.dataset[name];
};

document.addEventListener("change", (event) => { if (event.target.matches("[data-matrix] input[name=cell]")) choose(event.target); }, true);

const STEPS = { ArrowUp: -3, ArrowDown: 3, ArrowLeft: -1, ArrowRight: 1 };

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-matrix]");
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = cells(box);
  const step = STEPS[event.key];
  const to = step ? all[all.indexOf(event.target) + step] : all[Number(event.key) - 1];
  if (step) event.preventDefault();
  if (!to) return;
  event.preventDefault();
  to.focus();
  if (!to.checked) to.click();
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  const minutes = Number(event.detail.target.dataset?.minutes ?? document.getElementById("ql-rule")?.dataset.minutes ?? 0);
  const late = document.querySelector("[data-late]");
  if (late && !late.querySelector(".c-err") && !late.querySelector("input").value) late.hidden = minutes <= LATE;
});

const started = new WeakMap();
setInterval(() => {
  for (const place of document.querySelectorAll("[data-elapsed]")) {
    if (!started.has(place)) started.set(place, Date.now());
    const seconds = Math.floor((Date.now() - started.get(place)) / 1000);
    place.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}, 1000);
