/* Toasts tell of success and go away; notes tell of trouble and stay until read. */
const LASTS = 5000;

const line = (cls, text, sign) => {
  const p = document.createElement("p");
  p.className = cls;
  p.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite()}#${sign}"/></svg><span></span>`;
  p.querySelector("span").textContent = text;
  return p;
};

export const sprite = () => document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0] ?? "";

export const toast = (text) => {
  const p = line("c-toast", text, "circle-check");
  document.getElementById("toasts").append(p);
  fade(p);
};

export const note = (text) => {
  const p = line("c-note is-red", text, "alert-triangle");
  p.setAttribute("role", "alert");
  const place = document.querySelector("dialog[open] [data-notes]") ?? document.getElementById("notes");
  place.replaceChildren(p);
};

const fade = (p) => setTimeout(() => p.remove(), LASTS);

for (const p of document.querySelectorAll(".c-toast")) fade(p);
document.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));
