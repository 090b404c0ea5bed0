// What forms do beyond posting: a filter sends itself, Ctrl+Enter sends, the error summary gets the focus,
// text areas grow where the style sheet cannot make them, and nothing is sent twice by a second click.
import { mount } from "./mount.ts";

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLElement && field.matches("[data-submit]")) {
    (field as HTMLSelectElement).form?.requestSubmit();
  }
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field instanceof HTMLTextAreaElement) {
    field.form?.requestSubmit();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "true";
  // A download or a lost connection leaves the page as it is; it can be sent again after a moment.
  setTimeout(() => delete form.dataset.sending, 3000);
});

mount<HTMLElement>("[data-focus]", (summary) => summary.focus());

if (!CSS.supports("field-sizing", "content")) {
  mount<HTMLTextAreaElement>("textarea.input", (area) => {
    const grow = () => {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight + 2}px`;
    };
    area.addEventListener("input", grow);
    grow();
  });
}
