/* The approval inbox: j and k move, Enter opens, a approves what was opened, r and q open the words for rejecting and asking. */
import { isTyping } from "./keyboard.js";

const rows = () => [...document.querySelectorAll("[data-seat]:not([data-done])")];
const opened = () => document.querySelector("[data-seat].is-open");
const cursor = () => document.querySelector("[data-seat].is-cursor") ?? opened();
const head = (row) => row?.querySelector("[data-open]");

const put = (row) => {
  for (const other of document.querySelectorAll("[data-seat].is-cursor")) other.classList.remove("is-cursor");
  row?.classList.add("is-cursor");
  row?.scrollIntoView({ block: "nearest" });
};

const move = (by) => {
  const all = rows();
  const at = all.indexOf(cursor());
  put(at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.max(0, Math.min(all.length - 1, at + by))]);
};

const close = (row) => {
  row.querySelector("[data-unfolded]")?.remove();
  row.classList.remove("is-open");
  head(row)?.setAttribute("aria-expanded", "false");
};

const open = (row) => { if (row && !row.classList.contains("is-open")) head(row)?.click(); };

const say = (choice) => {
  const words = opened()?.querySelector("details.c-say");
  if (!words) return;
  words.open = true;
  words.querySelector(`input[value=${choice}]`).checked = true;
  words.querySelector("textarea").focus();
};

/* Nobody approves what they have not opened: the first key only opens it. */
const onOpened = (act) => () => { if (opened() && opened() === cursor()) act(); else open(cursor() ?? rows()[0]); };

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  Enter: () => open(cursor()),
  a: onOpened(() => opened().querySelector("[data-approve]")?.click()),
  r: onOpened(() => say("reject")),
  q: onOpened(() => say("ask")),
};

document.addEventListener("keydown", (event) => {
  if (!KEYS[event.key] || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (document.querySelector("dialog[open]") || (event.key === "Enter" && event.target !== document.body && event.target.id !== "main")) return;
  event.preventDefault();
  KEYS[event.key]();
});

/* A second click on an opened row closes it; htmx would fetch it again. Alone on its page it stays open. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  const row = link?.closest("[data-seat]");
  if (!row?.classList.contains("is-open")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (row.closest("[data-inbox]")) close(row);
}, true);

/* One is open at a time; what was decided hands the cursor to the next. */
document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.detail.elt.closest?.("[data-seat]");
  if (!row) return;
  if (row.matches("[data-done]")) { row.focus({ preventScroll: true }); put(rows().find((other) => row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)); return; }
  for (const other of rows()) if (other !== row && other.classList.contains("is-open")) close(other);
  put(row);
  row.scrollIntoView({ block: "start" });
});

/* Words are wanted at once when something else than approving is chosen. */
document.addEventListener("toggle", (event) => { if (event.target.matches?.("details.c-say") && event.target.open) event.target.querySelector("textarea").focus({ preventScroll: true }); }, true);
