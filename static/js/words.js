/* Sentences come translated from the server; {name} is filled in here. */
const kept = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export const say = (key, facts = {}) => (kept[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);

const two = (number) => String(number).padStart(2, "0");

/* The same wording as core/wording.py, in seconds. */
export const duration = (seconds) => {
  const s = Math.floor(Math.abs(seconds));
  const h = Math.floor(s / 3600);
  const m = Math.floor(s / 60) % 60;
  if (s < 60) return say("s", { s });
  if (s < 300 && s % 60) return say("min_s", { m, s: two(s % 60) });
  if (!h) return say("min", { m });
  if (!m || h >= 100) return say("h", { h });
  return say("h_min", { h, m: two(m) });
};
