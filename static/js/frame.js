/* The frame: theme, navigation on small screens, menus. */
const root = document.documentElement;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) toggleTheme();
  if (event.target.closest("[data-rail]")) showRail(!rail().classList.contains("is-open"));
  else if (!event.target.closest(".c-rail")) showRail(false);
  for (const menu of document.querySelectorAll("details.c-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
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
  const menu = event.target.closest?.("details.c-menu[open]") ?? document.querySelector("details.c-menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  if (rail()?.classList.contains("is-open")) { showRail(false); document.querySelector("[data-rail]").focus(); }
});
