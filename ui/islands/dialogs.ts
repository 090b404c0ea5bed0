// Native dialogs: data-open="<id>" opens one, and data-confirm asks before a button or a link does its work.

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest<HTMLElement>("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      opener.closest("details.menu")?.removeAttribute("open");
      dialog.showModal();
    }
  }
  if (target instanceof HTMLDialogElement && target.open) target.close();
  target?.closest("[data-close]")?.closest("dialog")?.close();
});

const sure = new WeakSet<Element>();

document.addEventListener(
  "click",
  (event) => {
    const asked =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-confirm]") : null;
    if (!asked || sure.has(asked)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(
      asked.dataset.confirm ?? "Are you sure?",
      asked.dataset.confirmButton ?? asked.textContent?.trim() ?? "Yes",
      () => {
        sure.add(asked);
        asked.click();
        sure.delete(asked);
      },
    );
  },
  true,
);

function ask(question: string, yes: string, then: () => void): void {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-question");
  const title = document.createElement("h2");
  title.id = "confirm-question";
  title.textContent = question;
  const actions = document.createElement("div");
  actions.className = "form-actions";
  const confirm = button(yes, "button primary", () => {
    dialog.close();
    then();
  });
  actions.append(
    confirm,
    button("Cancel", "button", () => dialog.close()),
  );
  dialog.append(title, actions);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  confirm.focus();
}

function button(text: string, style: string, click: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = style;
  made.textContent = text;
  made.addEventListener("click", click);
  return made;
}
