/* Loaded in <head>, before the first paint: the theme this reader chose on this device, or the device's own. */
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  const kept = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
  const own = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.bsTheme = ["light", "dark"].find((name) => name === asked || (!["light", "dark"].includes(asked) && name === kept)) ?? own;
})();
