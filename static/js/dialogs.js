/* A link with data-dialog opens its page as a dialog over this one; the page works by itself as well. */
const dialog = () => document.getElementById("dialog");

const open = (link) => {
  const here = document.querySelector("main form[data-main]");
  if (here && location.pathname === link.pathname) { focusFirst(here); return; }
  htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML" });
};

const FIELDS = "input:not([type=hidden]), select, textarea";

const focusFirst = (root) => {
  const field = root.querySelector("[aria-invalid=true]:not([type=hidden])") ?? root.querySelector("[autofocus]") ?? root.querySelector(FIELDS);
  (field?.tomselect ?? field)?.focus();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) { event.preventDefault(); open(link); }
  const close = event.target.closest("[data-close]");
  if (close?.closest("dialog")) { event.preventDefault(); close.closest("dialog").close(); }
});

document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "dialog" && !dialog().open) dialog().showModal(); });

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "dialog" || event.detail.xhr?.status === 422) focusFirst(dialog().open ? dialog() : document.querySelector("main"));
});

/* Emptied a moment later: the draft is kept first. */
document.addEventListener("close", (event) => { if (event.target === dialog()) setTimeout(() => { if (!dialog().open) dialog().replaceChildren(); }); }, true);

/* Confirmation: the sentence comes with the form or button, the answer is a button, never a browser box. */
const ask = (question, yes, act) => {
  const box = document.getElementById("confirm");
  box.querySelector("h2").textContent = question;
  if (yes) box.querySelector("[data-yes]").textContent = yes;
  box.returnValue = "no";
  box.addEventListener("close", () => { if (box.returnValue === "yes") act(); }, { once: true });
  box.showModal();
};

document.addEventListener("submit", (event) => {
  const asked = event.submitter?.closest("[data-confirm]") ?? event.target.closest("[data-confirm]");
  if (!asked || event.target.dataset.confirmed) { delete event.target.dataset.confirmed; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter, target } = event;
  ask(asked.dataset.confirm, asked.dataset.yes ?? submitter?.textContent.trim(), () => { target.dataset.confirmed = "1"; target.requestSubmit(submitter); });
}, true);

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question, event.detail.elt.dataset.yes, () => event.detail.issueRequest(true));
});
