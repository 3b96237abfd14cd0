/* Chosen files are shown with their size and can be taken back; what is too large is refused here, before it is sent. */
import { sprite } from "./notes.js";
import { say } from "./words.js";

const words = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
const svg = (sign) => `<svg class="icon is-14" aria-hidden="true"><use href="${sprite()}#${sign}"/></svg>`;

const put = (input, files) => {
  const bag = new DataTransfer();
  for (const file of files) bag.items.add(file);
  input.files = bag.files;
  show(input);
};

const chip = (input, file) => {
  const span = Object.assign(document.createElement("span"), { className: "c-file" });
  span.innerHTML = `${svg("paperclip")}<span></span><button type="button">${svg("x")}</button>`;
  span.querySelector("span").textContent = `${file.name} · ${words(file.size)}`;
  const button = span.querySelector("button");
  button.setAttribute("aria-label", say("remove", { name: file.name }));
  button.addEventListener("click", () => put(input, [...input.files].filter((other) => other !== file)));
  return span;
};

const refusal = (text) => {
  const p = Object.assign(document.createElement("p"), { className: "c-err" });
  p.innerHTML = `${svg("alert-circle")}<span></span>`;
  p.querySelector("span").textContent = text;
  return p;
};

const show = (input, problems = []) => {
  const place = input.closest("[data-attach]").querySelector("[data-chosen]");
  place.replaceChildren(...[...input.files].map((file) => chip(input, file)), ...problems.map(refusal));
};

document.addEventListener("change", (event) => {
  const input = event.target;
  const picker = input.type === "file" && input.closest("[data-attach]");
  if (!picker) return;
  const { limit, most } = picker.dataset;
  const problems = [...input.files].filter((file) => file.size > limit).map((file) => say("too_large", { name: file.name, limit: words(Number(limit)) }));
  const small = [...input.files].filter((file) => file.size <= limit);
  if (small.length > most) problems.push(say("too_many", { limit: most }));
  put(input, small.slice(0, most));
  show(input, problems);
});
