/* The promise check: a slider and the time beside it say the same, and the form asks ("tried") what would have come of it. */
const LENGTH = /^(?:(\d+)\s*(?:h|小时|时))?\s*(?:(\d+)\s*(?:min|m|分钟|分))?$/i;

const steps = (field) => field.form.dataset.steps.split(",").map(Number);

const seconds = (text) => {
  const found = LENGTH.exec(text.trim());
  return found && (found[1] || found[2]) ? Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 : 0;
};

/* As sla/forms.py writes it. */
const length = (all) => {
  const [h, m] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  return [h ? `${h} h` : "", m ? `${m} min` : ""].filter(Boolean).join(" ");
};

const ask = (form) => form.dispatchEvent(new CustomEvent("tried", { bubbles: true }));

const slid = (range) => {
  const text = document.getElementById(range.dataset.slides);
  text.value = length(steps(range)[range.value]);
  range.setAttribute("aria-valuetext", text.value);
  ask(range.form);
};

const typed = (text) => {
  const wanted = seconds(text.value);
  if (!wanted) return;
  const range = text.form.querySelector(`[data-slides="${text.id}"]`);
  const place = steps(text).findIndex((step) => step >= wanted);
  range.value = place < 0 ? range.max : place;
  range.setAttribute("aria-valuetext", text.value);
  ask(text.form);
};

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-slides]")) slid(event.target);
  else if (event.target.matches("[data-slid]")) typed(event.target);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-try]");
  if (!button) return;
  const text = document.getElementById(button.dataset.try);
  text.value = button.dataset.length;
  typed(text);
  text.form.querySelector(`[data-slides="${text.id}"]`).focus();
});

/* Beside the answer itself the verdict and the results of every row follow; the sliders stay, so that nobody's hand is let go. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "answer") return;
  const answered = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  for (const fresh of answered.querySelectorAll("[data-follows]")) {
    const shown = document.getElementById(fresh.id);
    if (shown && shown.innerHTML !== fresh.innerHTML) shown.innerHTML = fresh.innerHTML;
  }
});
