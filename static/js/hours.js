/* Hours as text, as itsm/calendars/wording.py reads them: "09:00-12:00, 13:00-18:00", nights as "22:00-06:00". Pure. */
export const DAY = 1440;
const EVENING = 960;
const NOON = 720;
const PART = /^(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})$/;
const OFF = ["off", "closed", "holiday", "休", "放假", "假期", ""];
const LONGEST = 366;

const part = (text) => {
  const found = PART.exec(text.trim());
  if (!found) return null;
  const [a, b, c, d] = found.slice(1).map(Number);
  const start = a * 60 + b;
  const end = c * 60 + d;
  if (b > 59 || d > 59 || start >= DAY || end > DAY) return null;
  if (start < end) return [start, end];
  return start >= EVENING && end <= NOON && end < start ? [start, end + DAY] : null;
};

/* Minutes of a day; over midnight they end after 1440. Null when the text can't be read. */
export const parts = (text) => {
  const found = text.split(/[,，;；、]/).filter((piece) => piece.trim()).map(part).sort((x, y) => x && y && x[0] - y[0]);
  if (found.includes(null)) return null;
  return found.some((one, index) => index && one[0] < found[index - 1][1]) ? null : found;
};

export const within = (held) => held.map(([start, end]) => [start, Math.min(end, DAY)]);
export const afterMidnight = (held) => held.filter(([, end]) => end > DAY).map(([, end]) => [0, end - DAY]);

/* The intervals in order, those that touch or overlap as one. */
export const joined = (held) => {
  const found = [];
  for (const [start, end] of [...held].sort((x, y) => x[0] - y[0])) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
};

const two = (number) => String(number).padStart(2, "0");
const clock = (minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
export const shown = (held) => held.map(([start, end]) => `${clock(start)}-${clock(end > DAY ? end - DAY : end)}`).join(", ");

/* Days are noon in UTC inside, so that no zone moves them. */
export const dated = (text) => new Date(`${text}T12:00:00Z`);
export const iso = (date) => date.toISOString().slice(0, 10);
export const later = (text, days) => { const date = dated(text); date.setUTCDate(date.getUTCDate() + days); return iso(date); };

const span = (text) => {
  const [first, last = first] = text.split("..");
  if (![first, last].every((day) => /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(dated(day).getTime()) && iso(dated(day)) === day)) return null;
  const days = [];
  for (let day = first; day <= last && days.length <= LONGEST; day = later(day, 1)) days.push(day);
  return days.length && days.length <= LONGEST + 1 ? days : null;
};

/* {days: Map of date to intervals, rest: lines that can't be read and stay as they are}. */
export const exceptions = (text) => {
  const days = new Map();
  const rest = [];
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const [name, ...words] = line.split(" ");
    const said = words.join(" ").trim();
    const held = OFF.includes(said.toLowerCase()) ? [] : parts(said);
    const named = span(name);
    if (held === null || named === null) rest.push(line);
    else for (const day of named) days.set(day, held);
  }
  return { days, rest };
};

/* The text of exceptions, neighbours with the same hours as one range. */
export const written = ({ days, rest }) => {
  const runs = [];
  for (const [day, held] of [...days].sort((x, y) => (x[0] < y[0] ? -1 : 1))) {
    const hours = shown(held) || "off";
    const run = runs.at(-1);
    if (run && run.hours === hours && later(run.last, 1) === day) run.last = day;
    else runs.push({ first: day, last: day, hours });
  }
  return [...runs.map(({ first, last, hours }) => `${first === last ? first : `${first}..${last}`} ${hours}`), ...rest].join("\n");
};
