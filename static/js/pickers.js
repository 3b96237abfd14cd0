/* Searchable selects: select[data-picker]; with data-url the server answers `{"results": [{"value", "text", "remark"}]}`,
   asked again whenever the field named in data-depends changes. */
import { say } from "./words.js";

const master = (select) => select.form?.elements[select.dataset.depends];

const fetched = async (select, words) => {
  const facts = new URLSearchParams({ q: words });
  if (master(select)) facts.set(select.dataset.depends, master(select).value);
  const answer = await fetch(`${select.dataset.url}?${facts}`, { headers: { Accept: "application/json" } });
  return (await answer.json()).results.map(({ value, text, remark }) => ({ value: String(value), text, remark }));
};

const load = (select) => (words, done) => fetched(select, words).then(done, () => done());

/* Another customer has other contacts: forget those of the first one; a single one is taken at once. */
const follow = (select) => master(select)?.addEventListener("change", async () => {
  const picker = select.tomselect;
  picker.clear(true);
  picker.clearOptions();
  if (!master(select).value) return;
  const options = await fetched(select, "").catch(() => []);
  picker.addOptions(options);
  if (options.length === 1) picker.setValue(options[0].value);
});

/* Tab takes what was searched or moved to, and goes on; the picker's own way would stay in the field. */
const takeOnTab = (picker, event) => {
  if (event.key.startsWith("Arrow")) picker.wasMoved = true;
  if (event.key !== "Tab") return;
  const words = picker.inputValue();
  if (words && words !== picker.lastQuery) picker.refreshOptions(true);
  if (!event.shiftKey && (words || picker.wasMoved) && picker.activeOption) picker.addItem(picker.activeOption.dataset.value);
  picker.wasMoved = false;
  picker.close();
};

const option = (data, escape) => `<div>${escape(data.text)}${data.remark ? ` <small>${escape(data.remark)}</small>` : ""}</div>`;

const start = (select) => {
  if (select.tomselect || typeof TomSelect === "undefined") return;
  new TomSelect(select, {
    create: false,
    maxOptions: 200,
    refreshThrottle: 0,
    placeholder: select.dataset.placeholder ?? "",
    ...(select.dataset.url ? { load: load(select), shouldLoad: () => true, preload: "focus" } : {}),
    onInitialize() {
      select.setAttribute("aria-hidden", "true");
      this.control_input.addEventListener("keydown", (event) => takeOnTab(this, event));
    },
    render: {
      option,
      item: (data, escape) => `<div>${escape(data.text)}</div>`,
      no_results: () => `<div class="no-results">${say("no_match")}</div>`,
      loading: () => `<div class="no-results">${say("searching")}</div>`,
    },
  });
  if (select.dataset.depends) follow(select);
};

const each = (root) => {
  if (root.matches?.("select[data-picker]")) start(root);
  for (const select of root.querySelectorAll?.("select[data-picker]") ?? []) start(select);
};

each(document);
document.addEventListener("htmx:load", (event) => each(event.target));
document.addEventListener("htmx:beforeCleanupElement", (event) => event.target.tomselect?.destroy());
