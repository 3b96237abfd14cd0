/* The record page: copy its address, write where the reader chose to. */
import { toast } from "./notes.js";
import { say } from "./words.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
  toast(say("copied"));
});

document.addEventListener("click", (event) => {
  if (event.target.matches(".c-composer input[name=kind]")) event.target.form.querySelector("textarea").focus();
});
