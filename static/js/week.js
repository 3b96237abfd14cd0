/* The week as days by hours: what is dragged is written into the text fields, which stay the truth. Drawn for the mouse only. */
import { DAY, afterMidnight, joined, parts, shown, within } from "./hours.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 15;
const FINE = 5;
const EDGE_PX = 7;
const EVENING = 960;

const draw = (name, attributes, text = "") => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};
const percent = (minute) => `${(100 * minute) / DAY}%`;
const bar = ([start, end], cls) => draw("rect", { class: cls, x: percent(start), width: percent(end - start), y: 3, height: 22, rx: 3 });
const lines = () => [6, 12, 18].map((hour) => draw("line", { class: "m", x1: percent(hour * 60), x2: percent(hour * 60), y1: 0, y2: 28 }));

const scale = () => {
  const svg = draw("svg", { class: "c-wk-scale", "aria-hidden": "true", height: 16 });
  for (let hour = 0; hour <= 24; hour += 3) {
    svg.append(draw("text", { x: percent(hour * 60), y: 12, "text-anchor": hour === 0 ? "start" : hour === 24 ? "end" : "middle" }, String(hour).padStart(2, "0")));
  }
  return svg;
};

const row = (input) => {
  const svg = draw("svg", { class: "c-wk", "aria-hidden": "true", height: 28 });
  input.before(svg);
  return { input, svg };
};

const paint = (rows) => {
  const held = rows.map(({ input }) => parts(input.value));
  rows.forEach(({ svg }, index) => {
    const own = held[index];
    const night = afterMidnight(held[(index + 6) % 7] ?? []);
    svg.classList.toggle("is-bad", own === null);
    svg.replaceChildren(draw("rect", { class: "t", width: "100%", height: 28, rx: 4 }), ...lines(),
      ...night.map((one) => bar(one, "n")), ...within(own ?? []).map((one) => bar(one, "f")));
  });
};

const write = (input, held) => {
  input.value = shown(joined(held));
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

const minuteAt = (svg, event) => {
  const box = svg.getBoundingClientRect();
  const step = event.altKey ? FINE : STEP;
  const minute = ((event.clientX - box.left) / box.width) * DAY;
  return Math.max(0, Math.min(DAY, Math.round(minute / step) * step));
};

/* What lies under the pointer: an edge or the body of an interval, or nothing. */
const grasped = (svg, held, event) => {
  const box = svg.getBoundingClientRect();
  const x = event.clientX - box.left;
  const place = (minute) => (Math.min(minute, DAY) * box.width) / DAY;
  for (const [index, [start, end]] of held.entries()) {
    if (Math.abs(x - place(start)) <= EDGE_PX) return { index, edge: 0 };
    if (end <= DAY && Math.abs(x - place(end)) <= EDGE_PX) return { index, edge: 1 };
    if (x > place(start) && x < place(end)) return { index };
  }
  return null;
};

const rowAt = (rows, event) => {
  const index = rows.findIndex(({ svg }) => event.clientY < svg.getBoundingClientRect().bottom + 4);
  return index < 0 ? rows.length - 1 : index;
};

/* New hours, over several days when the pointer crosses them. */
const extend = (rows, drag, event) => {
  const to = rowAt(rows, event);
  const minute = minuteAt(drag.svg, event);
  const fresh = [Math.min(drag.minute, minute), Math.max(drag.minute, minute)];
  rows.forEach(({ input }, index) => {
    const inside = index >= Math.min(drag.row, to) && index <= Math.max(drag.row, to) && fresh[0] < fresh[1] && drag.before[index] !== null;
    const text = inside ? shown(joined([...drag.before[index], fresh])) : drag.texts[index];
    if (text !== input.value) { input.value = text; input.dispatchEvent(new Event("input", { bubbles: true })); }
  });
};

/* Other hours of one interval; over midnight only its beginning moves, within the evening. */
const reshape = (rows, drag, event) => {
  const [start, end] = drag.before[drag.row][drag.index];
  const minute = minuteAt(drag.svg, event);
  const others = drag.before[drag.row].filter((_one, index) => index !== drag.index);
  let fresh = drag.edge === 1 ? [start, minute] : [minute, end];
  if (drag.edge === undefined) {
    const shift = Math.max(-start, Math.min(DAY - end, minute - drag.minute));
    fresh = [start + shift, end + shift];
  }
  if (end > DAY) fresh = [Math.max(EVENING, Math.min(DAY - STEP, drag.edge === 0 ? minute : start)), end];
  write(rows[drag.row].input, fresh[0] < fresh[1] ? [...others, fresh] : others);
};

const begin = (rows, index, event) => {
  const before = rows.map(({ input }) => parts(input.value));
  if (event.button !== 0 || before[index] === null) return null;
  const { svg } = rows[index];
  svg.setPointerCapture(event.pointerId);
  return { svg, row: index, before, texts: rows.map(({ input }) => input.value), minute: minuteAt(svg, event), ...grasped(svg, before[index], event) };
};

const remove = (input, svg, event) => {
  const held = parts(input.value) ?? [];
  const found = grasped(svg, held, event);
  if (found) write(input, held.filter((_one, index) => index !== found.index));
};

const listen = (rows) => {
  let drag = null;
  rows.forEach(({ input, svg }, index) => {
    svg.addEventListener("mousedown", (event) => event.preventDefault()); // no text is marked, so nothing else is dragged
    svg.addEventListener("pointerdown", (event) => { drag = begin(rows, index, event); });
    svg.addEventListener("pointermove", (event) => {
      const found = grasped(svg, parts(input.value) ?? [], event);
      svg.classList.toggle("is-edge", found?.edge !== undefined);
      svg.classList.toggle("is-body", found !== null && found.edge === undefined);
      if (drag) (drag.index === undefined ? extend : reshape)(rows, drag, event);
    });
    svg.addEventListener("pointerup", () => { drag = null; });
    svg.addEventListener("pointercancel", () => { drag = null; });
    svg.addEventListener("dblclick", (event) => remove(input, svg, event));
  });
};

export const startWeek = (place) => {
  const rows = [...place.querySelectorAll("input[name^=day_]")].map(row);
  place.querySelector("[data-week-scale]").append(scale());
  listen(rows);
  paint(rows);
  for (const name of ["input", "restored"]) place.closest("form").addEventListener(name, () => paint(rows));
};
