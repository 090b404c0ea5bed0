// Keys: / searches, ? lists them, g then a letter goes somewhere, data-keys="c" on a link or button presses it,
// j and k walk through a list.

const GO: Record<string, [string, string]> = {
  h: ["/", "Home"],
  r: ["/reviews", "Reviews"],
  l: ["/learn", "Learn"],
  p: ["/people", "People"],
  i: ["/inbox", "Inbox"],
  s: ["/settings", "Settings"],
};
let before = "";
let beforeAt = 0;

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const typing =
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
  if (typing && event.key === "Escape" && target.matches("#seek")) target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]"))
    return;
  const sequence = event.timeStamp - beforeAt < 1200 ? `${before} ${event.key}` : event.key;
  before = event.key;
  beforeAt = event.timeStamp;
  if (press(sequence) || press(event.key)) event.preventDefault();
});

function press(keys: string): boolean {
  const go = keys.startsWith("g ") ? GO[keys.slice(2)] : undefined;
  if (go && document.querySelector(".nav")) {
    location.assign(go[0]);
    return true;
  }
  if (keys === "?") {
    list();
    return true;
  }
  if (keys === "j" || keys === "k") return walk(keys === "j" ? 1 : -1);
  const found = [...document.querySelectorAll<HTMLElement>("[data-keys], [data-key]")].find(
    (element) => (element.dataset.keys ?? element.dataset.key) === keys && element.checkVisibility(),
  );
  if (!found) return false;
  if (found.matches("input, textarea")) found.focus();
  else found.click();
  return true;
}

function walk(step: number): boolean {
  const links = [...document.querySelectorAll<HTMLElement>("main .row-link")];
  if (links.length === 0) return false;
  const at = links.indexOf(document.activeElement as HTMLElement);
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
  return true;
}

function list(): void {
  let dialog = document.getElementById("keys") as HTMLDialogElement | null;
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "keys";
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "keys-title");
    document.body.append(dialog);
  }
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = "Keys";
  const keys = document.createElement("dl");
  keys.className = "keys-list";
  const rows: [string, string][] = [
    ["Ctrl K", "Go anywhere, do anything on this page"],
    ["/", "Search"],
    ["?", "This list"],
    ...Object.entries(GO).map(([key, [, name]]): [string, string] => [`g ${key}`, name]),
    ["j", "Next in a list"],
    ["k", "The one before"],
    ["Ctrl Enter", "Send what you are writing"],
    ...[...document.querySelectorAll<HTMLElement>("[data-action][data-keys]")].map(
      (element): [string, string] => [element.dataset.keys ?? "", element.textContent?.trim() ?? ""],
    ),
  ];
  for (const [combination, what] of rows) {
    const term = document.createElement("dt");
    for (const key of combination.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      term.append(kbd);
    }
    const meaning = document.createElement("dd");
    meaning.textContent = what;
    keys.append(term, meaning);
  }
  dialog.replaceChildren(title, keys);
  dialog.showModal();
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-open="keys"]')) {
  button.hidden = false;
  button.addEventListener("click", list);
}
