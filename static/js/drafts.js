/* Nothing typed is lost: kept per person and form on this device, brought back after a closed tab, a lost session or a refusal,
   wiped when it was saved and when the person signs out. A form takes part with data-draft="name". */
import { say } from "./words.js";

const PREFIX = "draft:";
const WEEK = 7 * 24 * 3600 * 1000;
const SKIP = ["csrfmiddlewaretoken", "password"];

const person = document.body.dataset.person ?? "";
const store = (() => { try { return window.localStorage; } catch { return null; } })();
const session = (() => { try { return window.sessionStorage; } catch { return null; } })();
const key = (name) => `${PREFIX}${person}:${name}`;
const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
const fields = (form) => [...form.elements].filter((field) => field.name && !SKIP.includes(field.name) && !["file", "submit", "button"].includes(field.type));
const place = (form) => document.querySelector(`[data-draft-note="${form.dataset.draft}"]`);

const changed = (field) => {
  if (isChoice(field)) return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.type !== "hidden" && field.value !== field.defaultValue;
};

/* Of several chosen rows the words are kept too: a picker may not know rows that were searched for. */
const valueOf = (field) => (field.multiple ? [...field.selectedOptions].map(({ value, text }) => ({ value, text })) : field.value);

const read = (form) => Object.fromEntries(fields(form).filter((field) => !isChoice(field) || field.checked)
  .map((field) => [isChoice(field) ? `${field.name}=${field.value}` : field.name, valueOf(field)]));

let leaving = false;

const keep = (form) => {
  if (!store || leaving || form.dataset.saved || !fields(form).some(changed)) return;
  store.setItem(key(form.dataset.draft), JSON.stringify({ at: Date.now(), values: read(form) }));
  const note = place(form);
  if (note && !note.querySelector("button")) note.textContent = say("draft_kept");
};

const wipe = (name) => store?.removeItem(key(name));
const wipeAll = () => { leaving = true; Object.keys(store ?? {}).filter((name) => name.startsWith(PREFIX)).forEach((name) => store.removeItem(name)); };

const setMany = (field, chosen) => {
  if (!Array.isArray(chosen)) return;
  const values = chosen.map(({ value }) => value);
  if (field.tomselect) { field.tomselect.addOptions(chosen); field.tomselect.setValue(values, true); return; }
  for (const { value, text } of chosen) if (![...field.options].some((option) => option.value === value)) field.add(new Option(text, value));
  for (const option of field.options) option.selected = values.includes(option.value);
};

const setValue = (field, value) => {
  if (field.multiple) setMany(field, value);
  else if (field.tomselect) field.tomselect.setValue(value, true);
  else if (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value)) field.value = value;
};

const put = (form, values) => {
  form.dispatchEvent(new CustomEvent("restoring", { bubbles: true, detail: values }));
  for (const field of fields(form)) {
    if (isChoice(field)) field.checked = `${field.name}=${field.value}` in values;
    else if (field.name in values) setValue(field, values[field.name]);
  }
  form.dispatchEvent(new CustomEvent("restored", { bubbles: true }));
};

const discard = (form, note) => {
  wipe(form.dataset.draft);
  form.reset();
  for (const field of fields(form)) field.tomselect?.sync();
  note.textContent = "";
  form.dispatchEvent(new CustomEvent("restored", { bubbles: true }));
};

const offerDiscard = (form) => {
  const note = place(form);
  if (!note) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "c-linkbtn", textContent: say("discard") });
  button.addEventListener("click", () => discard(form, note));
  note.replaceChildren(`${say("draft_back")} `, button);
};

/* The server's answer to a refused form already holds what was typed; only a fresh form is filled. */
const restore = (form) => {
  if (!store || form.dataset.restored) return;
  form.dataset.restored = "1";
  const kept = JSON.parse(store.getItem(key(form.dataset.draft)) ?? "null");
  if (!kept || form.querySelector("[aria-invalid=true], .c-err")) return;
  if (Date.now() - kept.at > WEEK) { wipe(form.dataset.draft); return; }
  put(form, kept.values);
  offerDiscard(form);
};

/* A form that was sent as a page: the page that follows it shows whether it was saved. */
const settle = () => {
  const sent = JSON.parse(session?.getItem("sent") ?? "null");
  if (!sent || document.referrer.split("#")[0] !== sent.from) return;
  session.removeItem("sent");
  const form = document.querySelector(`form[data-draft="${sent.name}"]`);
  const refused = !person || document.body.matches(".c-single, .c-sign") || form?.querySelector("[aria-invalid=true], .c-err, .c-note.is-red");
  if (!refused) wipe(sent.name);
};

let pause;
const later = (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-draft]")) return;
  delete form.dataset.saved;
  clearTimeout(pause);
  pause = setTimeout(() => keep(form), 300);
};

const each = (root, act) => {
  if (root.matches?.("form[data-draft]")) act(root);
  for (const form of root.querySelectorAll?.("form[data-draft]") ?? []) act(form);
};

const sent = (event) => {
  const form = event.target;
  if (form.matches("[data-sign-out]")) wipeAll();
  if (!form.matches("[data-draft]")) return;
  keep(form);
  session?.setItem("sent", JSON.stringify({ name: form.dataset.draft, from: location.href.split("#")[0] }));
  form.dataset.saved = "1";
};

const answered = (event) => {
  const form = event.detail.elt?.closest?.("form[data-draft]");
  const { status, responseURL } = event.detail.xhr;
  if (!form || event.detail.requestConfig.verb === "get") return;
  session?.removeItem("sent");
  if (status >= 200 && status < 300 && !responseURL.includes("/accounts/login/")) { clearTimeout(pause); wipe(form.dataset.draft); } else delete form.dataset.saved;
};

document.addEventListener("input", later);
document.addEventListener("change", later);
document.addEventListener("submit", sent, true);
document.addEventListener("close", (event) => each(event.target, keep), true);
document.addEventListener("htmx:beforeOnLoad", answered);
document.addEventListener("htmx:sendError", (event) => each(event.detail.elt, (form) => delete form.dataset.saved));
window.addEventListener("pagehide", () => each(document, keep));
document.addEventListener("htmx:load", (event) => each(event.target, restore));
settle();
each(document, restore);
