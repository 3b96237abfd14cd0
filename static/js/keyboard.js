/* Keys: `/` search, `c` log, `g` + letter go, `?` the sheet; any [data-key] on the page answers to its letter. */
const GO = { h: "/", i: "/incidents/", n: "/notices/", s: "/settings/" };
const WAIT = 1200;
let going = 0;

export const isTyping = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], .ts-control *") ?? false;
const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
const modal = () => document.querySelector("dialog[open]");

const showKeys = () => { const sheet = document.getElementById("keys"); if (sheet && !sheet.open && !modal()) sheet.showModal(); };

const go = (letter) => {
  const link = GO[letter] && document.querySelector(`.c-rail a[href="${GO[letter]}"], .c-top a[href="${GO[letter]}"]`);
  if (link) link.click();
  return Boolean(link);
};

const press = (letter) => {
  const element = document.querySelector(`[data-key="${CSS.escape(letter)}"]`);
  if (!element) return false;
  if (element.matches("textarea, input:not([type=radio])")) element.focus();
  else element.click();
  return true;
};

const answer = (event) => {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : "";
  if (going > Date.now() && letter) { going = 0; return go(letter); }
  if (letter === "g") { going = Date.now() + WAIT; return true; }
  if (letter === "/") { const search = document.getElementById("search"); search?.focus(); search?.select(); return Boolean(search); }
  if (letter === "?") { showKeys(); return true; }
  return letter !== "" && press(letter);
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); document.getElementById("search")?.focus(); return; }
  if (event.key === "Escape" && event.target.id === "search") { event.target.blur(); return; }
  if (!isPlain(event) || event.defaultPrevented || isTyping(event.target) || modal()) return;
  if (answer(event)) event.preventDefault();
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-keys]")) { event.target.closest("details")?.removeAttribute("open"); showKeys(); } });
