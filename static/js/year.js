/* A year of days to click: what is chosen there is written into the text of the exceptions, which stays the truth.
   One stop for the keyboard; arrows move by days and weeks, Enter and Space choose, Shift takes all days in between. */
import { afterMidnight, dated, exceptions, later, parts, shown, within, written } from "./hours.js";

const FIRST = 2000;
const LAST = 2099;
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const tongue = document.documentElement.lang;
const worded = (options) => new Intl.DateTimeFormat(tongue, { ...options, timeZone: "UTC" });
const MONTH = worded({ month: "long" });
const WHOLE = worded({ dateStyle: "full" });

const make = (name, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(name), attributes);
  element.append(...children);
  return element;
};

/* Monday is 0. */
const weekday = (day) => (dated(day).getUTCDay() + 6) % 7;

const ordinary = (form, dow) => {
  const own = parts(form.elements[`day_${dow}`].value) ?? [];
  return [...afterMidnight(parts(form.elements[`day_${(dow + 6) % 7}`].value) ?? []), ...within(own)];
};

const kindOf = (day, facts) => {
  const held = facts.days.get(day);
  if (held) return held.length ? "make_up" : "holiday";
  return facts.week[weekday(day)].length ? "open" : "off";
};

const cell = (day, facts, state) => {
  const kind = kindOf(day, facts);
  const said = state.words[kind];
  const button = make("button", { type: "button", className: "c-day", textContent: Number(day.slice(8)), tabIndex: day === state.at ? 0 : -1 });
  button.dataset.day = day;
  button.setAttribute("aria-label", `${WHOLE.format(dated(day))}, ${said}`);
  button.setAttribute("aria-pressed", String(state.chosen.includes(day)));
  return make("td", { className: `is-${kind}` }, button);
};

const month = (year, number, facts, state) => {
  const first = `${year}-${String(number).padStart(2, "0")}-01`;
  const body = make("tbody");
  let line = make("tr", {}, ...Array.from({ length: weekday(first) }, () => make("td")));
  for (let day = first; day.slice(0, 7) === first.slice(0, 7); day = later(day, 1)) {
    line.append(cell(day, facts, state));
    if (weekday(day) === 6) { body.append(line); line = make("tr"); }
  }
  if (line.children.length) body.append(line);
  return make("table", {}, make("caption", { textContent: MONTH.format(dated(first)) }), body);
};

const between = (one, other) => {
  const [first, last] = [one, other].sort();
  const days = [];
  for (let day = first; day <= last && days.length < 366; day = later(day, 1)) days.push(day);
  return days;
};

class Year {
  constructor(place) {
    this.place = place;
    this.form = place.closest("form");
    this.text = this.form.elements.exceptions;
    this.editor = place.querySelector("[data-day-editor]");
    this.hours = this.editor.querySelector("[data-day-hours]");
    this.year = Number(place.dataset.year);
    this.state = { at: `${this.year}-01-01`, chosen: [], words: JSON.parse(place.dataset.words) };
  }

  start() {
    this.place.hidden = false;
    this.place.addEventListener("click", (event) => this.clicked(event));
    this.place.addEventListener("keydown", (event) => this.pressed(event));
    for (const radio of this.radios()) radio.addEventListener("change", () => this.decided());
    this.hours.addEventListener("input", () => { this.radio("special").checked = true; this.decided(); });
    for (const name of ["input", "restored"]) this.form.addEventListener(name, () => this.paint());
    this.paint();
  }

  radios() { return [...this.editor.querySelectorAll("input[type=radio]")]; }

  radio(value) { return this.radios().find((one) => one.value === value); }

  facts() { return { ...exceptions(this.text.value), week: Array.from({ length: 7 }, (_none, dow) => ordinary(this.form, dow)) }; }

  paint() {
    const facts = this.facts();
    this.place.querySelector("[data-year-shown]").textContent = this.year;
    const months = Array.from({ length: 12 }, (_none, index) => month(this.year, index + 1, facts, this.state));
    const focused = this.place.contains(document.activeElement) && document.activeElement.matches(".c-day");
    this.place.querySelector("[data-year-months]").replaceChildren(...months);
    if (focused) this.place.querySelector(`[data-day="${this.state.at}"]`)?.focus();
  }

  clicked(event) {
    const step = event.target.closest("[data-year-step]");
    if (step) this.turn(this.year + Number(step.dataset.yearStep));
    const day = event.target.closest(".c-day")?.dataset.day;
    if (day) this.choose(day, event.shiftKey);
  }

  pressed(event) {
    if (!event.target.matches(".c-day") || !MOVES[event.key]) return;
    event.preventDefault();
    const day = later(this.state.at, MOVES[event.key]);
    const year = Number(day.slice(0, 4));
    if (year < FIRST || year > LAST) return;
    this.state.at = day;
    this.year = year;
    this.paint();
  }

  turn(year) {
    if (year < FIRST || year > LAST) return;
    this.year = year;
    this.state.at = `${year}-01-01`;
    this.paint();
  }

  choose(day, further) {
    const from = this.state.chosen[0];
    this.state.chosen = further && from ? [from, ...between(from, day).filter((one) => one !== from)] : [day];
    this.state.at = day;
    this.show();
    this.paint();
  }

  show() {
    const facts = this.facts();
    const days = [...this.state.chosen].sort();
    const held = facts.days.get(this.state.chosen[0]);
    this.editor.hidden = false;
    this.editor.querySelector("[data-day-name]").textContent = days.length === 1 ? WHOLE.format(dated(days[0])) : `${WHOLE.format(dated(days[0]))} – ${WHOLE.format(dated(days.at(-1)))}`;
    this.radio(!held ? "usual" : held.length ? "special" : "off").checked = true;
    const usual = facts.week[weekday(days[0])];
    this.hours.value = shown(held?.length ? held : usual.length ? usual : facts.week.find((one) => one.length) ?? []);
    this.hours.classList.remove("is-bad");
  }

  decided() {
    const wanted = this.radios().find((one) => one.checked).value;
    const found = exceptions(this.text.value);
    const held = wanted === "off" ? [] : parts(this.hours.value);
    const bad = wanted === "special" && !held?.length;
    this.hours.classList.toggle("is-bad", bad);
    if (bad) return;
    for (const day of this.state.chosen) {
      if (wanted === "usual") found.days.delete(day);
      else found.days.set(day, held);
    }
    this.text.value = written(found);
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export const startYear = (place) => new Year(place).start();
