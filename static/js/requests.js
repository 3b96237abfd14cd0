/* What htmx should do when the server says no, or says nothing. Refusals (409) and form errors (422) are pages of their own. */
import { note } from "./notes.js";
import { say } from "./words.js";

const isSignIn = (xhr) => xhr.responseURL.includes("/accounts/login/");

/* A session that ended answers with the sign-in page: go there instead of drawing it into a corner. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!isSignIn(xhr)) {
    redirectRefusal(event);
    return;
  }
  event.detail.shouldSwap = false;
  const here = encodeURIComponent(location.pathname + location.search);
  location.assign(`/accounts/login/?next=${here}`);
});

/* A refusal belongs next to its cause: into the form that asked, not over the whole region. */
const redirectRefusal = (event) => {
  const { xhr, elt } = event.detail;
  if (!/data-refusal/.test(xhr.responseText?.slice(0, 200) ?? "")) return;
  event.detail.shouldSwap = false;
  const form = elt.closest("form") ?? elt;
  form.querySelector("[data-refusal]")?.remove();
  form.insertAdjacentHTML("afterbegin", xhr.responseText);
  form.querySelector("[data-refusal]")?.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:sendError", () => note(say("offline")));
document.addEventListener("htmx:responseError", (event) => {
  if (![403, 409, 422].includes(event.detail.xhr.status)) note(say("failed"));
});
