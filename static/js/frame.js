/* The frame: theme, navigation on small screens, menus and what else opens over the page. */
const root = document.documentElement;
const OPENED = "details.c-menu[open], details.c-reveal[open]";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) toggleTheme();
  if (event.target.closest("[data-rail]")) showRail(!rail().classList.contains("is-open"));
  else if (!event.target.closest(".c-rail")) showRail(false);
  for (const menu of document.querySelectorAll(OPENED)) if (!menu.contains(event.target)) menu.open = false;
});

const toggleTheme = () => {
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.bsTheme); } catch { /* private window */ }
  document.dispatchEvent(new CustomEvent("themechange"));
};

const rail = () => document.getElementById("rail");

const showRail = (on) => {
  rail()?.classList.toggle("is-open", on);
  document.querySelector("[data-rail]")?.setAttribute("aria-expanded", String(on));
  if (on) rail().querySelector("a")?.focus();
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.(OPENED) ?? document.querySelector(OPENED);
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  if (rail()?.classList.contains("is-open")) { showRail(false); document.querySelector("[data-rail]").focus(); }
});
