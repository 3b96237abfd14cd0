/* Searchable selects: select[data-picker]; with data-url the server answers `{"results": [{"id", "text", "remark"}]}`. */
import { say } from "./words.js";

const ask = (url) => async (words, done) => {
  try {
    const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
    done((await answer.json()).results.map(({ id, text, remark }) => ({ value: String(id), text, remark })));
  } catch { done(); }
};

const option = (data, escape) => `<div>${escape(data.text)}${data.remark ? ` <small>${escape(data.remark)}</small>` : ""}</div>`;

const start = (select) => {
  if (select.tomselect || typeof TomSelect === "undefined") return;
  const url = select.dataset.url;
  new TomSelect(select, {
    create: false,
    maxOptions: 200,
    selectOnTab: true,
    allowEmptyOption: false,
    placeholder: select.dataset.placeholder ?? "",
    ...(url ? { load: ask(url), preload: "focus" } : {}),
    onInitialize() { select.setAttribute("aria-hidden", "true"); },
    render: { option, item: (data, escape) => `<div>${escape(data.text)}</div>`, no_results: () => `<div class="no-results">${say("no_match")}</div>`, loading: () => `<div class="no-results">${say("searching")}</div>` },
  });
};

const each = (root) => {
  if (root.matches?.("select[data-picker]")) start(root);
  for (const select of root.querySelectorAll?.("select[data-picker]") ?? []) start(select);
};

each(document);
document.addEventListener("htmx:load", (event) => each(event.target));
document.addEventListener("htmx:beforeCleanupElement", (event) => event.target.tomselect?.destroy());
