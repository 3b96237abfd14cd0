/* The plan of a change: rows are added, moved and taken out at once; without this script the same buttons ask the server. */
import { duration } from "./words.js";

const rows = (box) => [...box.querySelectorAll("[data-row]")];
const NAME = /-\d+(?=-|$)/;
const COUNT = /\d+/;

const renumber = (box) => {
  rows(box).forEach((row, no) => {
    row.querySelector(".x-no").textContent = no + 1;
    for (const field of row.querySelectorAll("[name^=plan-]")) field.name = field.name.replace(NAME, `-${no}`);
    for (const button of row.querySelectorAll("[data-move]")) button.value = button.value.replace(NAME, `-${no}`);
    for (const named of row.querySelectorAll("[aria-label]")) named.setAttribute("aria-label", named.getAttribute("aria-label").replace(COUNT, no + 1));
  });
  box.querySelector("[name=plan-rows]").value = rows(box).length;
};

const minutes = (row) => { const typed = row.querySelector("[name$=-minutes]").value.trim(); return /^\d{1,6}$/.test(typed) ? Number(typed) : 0; };

const sum = (box) => {
  const all = rows(box).reduce((total, row) => total + minutes(row), 0);
  box.querySelector("[data-plan-total]").textContent = all ? duration(all * 60) : "";
};

const blank = (box) => {
  const row = rows(box).at(-1).cloneNode(true);
  for (const field of row.querySelectorAll("textarea, input")) { field.value = ""; field.defaultValue = ""; }
  return row;
};

const add = (box) => {
  if (rows(box).length >= Number(box.dataset.most)) return null;
  const row = blank(box);
  box.querySelector("ol").append(row);
  return row;
};

const take = (box, row) => { if (rows(box).length > 1) row.remove(); else for (const field of row.querySelectorAll("textarea, input")) field.value = ""; };

const MOVES = {
  add: (box) => add(box)?.querySelector("textarea").focus(),
  up: (_box, row) => row.previousElementSibling?.before(row),
  down: (_box, row) => row.nextElementSibling?.after(row),
  remove: take,
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-plan] [data-move]");
  if (!button) return;
  event.preventDefault();
  const box = button.closest("[data-plan]");
  MOVES[button.dataset.move](box, button.closest("[data-row]"));
  renumber(box);
  sum(box);
  if (button.isConnected) button.focus();
  box.querySelector("[name=plan-rows]").dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("input", (event) => { const box = event.target.closest("[data-plan]"); if (box) sum(box); });

/* A draft that comes back may have more rows than the page was drawn with. */
document.addEventListener("restoring", (event) => {
  const box = event.target.querySelector("[data-plan]");
  const wanted = Number(event.detail["plan-rows"] ?? 0);
  if (!box) return;
  while (rows(box).length < wanted && add(box)) renumber(box);
});
document.addEventListener("restored", (event) => { const box = event.target.querySelector("[data-plan]"); if (box) { renumber(box); sum(box); } });

/* A customer who uses what is touched is named with one click. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-name-customer]");
  const select = button?.closest("form").elements.customers;
  if (!select) return;
  if (select.tomselect) select.tomselect.addItem(button.dataset.nameCustomer);
  else { const option = [...select.options].find((one) => one.value === button.dataset.nameCustomer); option.selected = true; select.dispatchEvent(new Event("change", { bubbles: true })); }
});

for (const box of document.querySelectorAll("[data-plan]")) sum(box);
