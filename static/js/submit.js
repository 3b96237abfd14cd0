/* One click, one act: a form that is on its way cannot be sent again. Ctrl-Enter sends from a text field. */
const release = (form) => { form.removeAttribute("aria-busy"); delete form.dataset.sent; };

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.method === "get") return;
  if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if (event.defaultPrevented) return;
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
}, true);

document.addEventListener("htmx:afterRequest", (event) => { const form = event.detail.elt.closest?.("form"); if (form) release(form); });
window.addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) release(form); });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form") ?? document.querySelector("dialog[open] form[data-main]");
  if (form && form.method !== "get") { event.preventDefault(); form.requestSubmit(form.querySelector(".btn-primary[type=submit], .btn-primary:not([type])")); }
});
