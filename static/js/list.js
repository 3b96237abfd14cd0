/* A list under the keyboard: j and k move the cursor, Enter opens, x selects. The cursor is found again after "back". */
import { isTyping } from "./keyboard.js";
import { say } from "./words.js";

const rows = () => [...document.querySelectorAll(".c-list tr.c-row")];
const current = () => document.querySelector(".c-list tr.c-row.is-cursor");
const box = (row) => row?.querySelector("input.c-check");

const move = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by));
  all[at]?.classList.remove("is-cursor");
  all[to].classList.add("is-cursor");
  all[to].scrollIntoView({ block: "nearest" });
};

const count = () => {
  const all = rows();
  const chosen = all.filter((row) => box(row)?.checked);
  for (const row of all) {
    if (box(row)?.checked) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  }
  const head = document.querySelector(".c-list thead input.c-check");
  if (head) {
    head.checked = chosen.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
    head.classList.toggle("is-some", head.indeterminate);
  }
  const bulk = document.querySelector(".c-bulk");
  if (bulk) { bulk.hidden = chosen.length === 0; bulk.querySelector(".n").textContent = say("selected", { n: chosen.length }); }
};

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => current() && move(1),
  ArrowUp: () => current() && move(-1),
  Enter: () => current()?.querySelector(".ttl a")?.click(),
  x: () => box(current())?.click(),
};

document.addEventListener("keydown", (event) => {
  if (!rows().length || !KEYS[event.key] || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.target !== document.body && event.target.id !== "main") return;
  if (event.key.startsWith("Arrow") && !current()) return;
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches(".c-list input.c-check")) return;
  if (event.target.closest("thead")) for (const row of rows()) if (box(row)) box(row).checked = event.target.checked;
  count();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-unselect]")) { for (const row of rows()) if (box(row)) box(row).checked = false; count(); }
});
document.addEventListener("htmx:load", count);
