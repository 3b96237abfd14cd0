/* The page on which a calendar's hours are written, and the names of countries in the reader's language. */
import { startWeek } from "./week.js";
import { startYear } from "./year.js";

for (const place of document.querySelectorAll("[data-week]")) startWeek(place);
for (const place of document.querySelectorAll("[data-year]")) startYear(place);

const nameCountries = (select) => {
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "region" });
  const chosen = select.value;
  for (const option of select.options) option.textContent = names.of(option.value) ?? option.textContent;
  select.append(...[...select.options].sort((one, other) => one.textContent.localeCompare(other.textContent, document.documentElement.lang)));
  select.value = chosen;
};
for (const select of document.querySelectorAll("select[data-countries]")) nameCountries(select);

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all-days]");
  if (all) for (const box of document.querySelectorAll("input[name=days]")) box.checked = all.checked;
});
