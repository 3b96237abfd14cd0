/* Clocks count on every second from the server's figures; nothing is asked, nothing moves but the figures. */
import { serverNow } from "./now.js";
import { duration, say } from "./words.js";

const MARKS = [90, 75];
const KINDS = ["is-ok", "is-75", "is-90", "is-late"];

const secondsLeft = (clock) => {
  const { left, closes, at } = clock.dataset;
  const gone = Math.max(0, serverNow() - Number(at));
  return Number(left) - (closes === "" ? gone : Math.min(gone, Number(closes)));
};

const draw = (clock) => {
  const target = Number(clock.dataset.target);
  const left = secondsLeft(clock);
  const percent = Math.min(100, Math.max(0, (100 * (target - left)) / target));
  const kind = left < 0 ? "is-late" : `is-${MARKS.find((mark) => percent >= mark) ?? "ok"}`;
  if (!clock.classList.contains(kind)) {
    clock.classList.remove(...KINDS);
    clock.classList.add(kind);
  }
  const words = clock.querySelector(".d");
  const text = left < 0 ? say("over", { time: duration(left) }) : words?.dataset.form === "left" ? say("left", { time: duration(left) }) : duration(left);
  if (words && words.textContent !== text) words.textContent = text;
  const used = clock.querySelector(".c-marks .u");
  if (used) used.textContent = duration(Math.max(0, target - left));
  clock.querySelector(".c-bar .f")?.setAttribute("width", `${percent.toFixed(1)}%`);
  for (const tick of clock.querySelectorAll(".c-bar [data-mark]")) {
    const passed = percent > Number(tick.dataset.mark);
    tick.setAttribute("class", passed ? "p" : "m");
    tick.setAttribute("width", passed ? "2" : "1");
  }
};

const drawAgo = (time) => {
  const minutes = Math.floor((serverNow() - Date.parse(time.dateTime) / 1000) / 60);
  if (minutes >= 60) { time.removeAttribute("data-ago"); return; }
  const text = minutes < 1 ? say("just_now") : say("ago", { n: minutes });
  if (time.textContent !== text) time.textContent = text;
};

const tick = () => {
  if (document.hidden) return;
  for (const clock of document.querySelectorAll("[data-clock]")) draw(clock);
  for (const time of document.querySelectorAll("time[data-ago]")) drawAgo(time);
};

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
document.addEventListener("htmx:load", tick);
