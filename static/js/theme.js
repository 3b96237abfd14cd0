/* Loaded in <head>, before the first paint: the theme this reader chose on this device, or the device's own. */
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  const kept = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
  const own = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const root = document.documentElement;
  root.dataset.bsTheme = ["light", "dark"].find((name) => name === asked || (!["light", "dark"].includes(asked) && name === kept)) ?? own;
  let shown = root.dataset.bsTheme;
  addEventListener("beforeprint", () => { shown = root.dataset.bsTheme; root.dataset.bsTheme = "light"; }); // paper is white
  addEventListener("afterprint", () => { root.dataset.bsTheme = shown; });
})();
