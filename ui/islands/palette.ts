// The command palette (Ctrl or ⌘ K): this page's actions, the places of the product, and what search finds while typing.

import { matches } from "./match.ts";

type Entry = { group: string; text: string; note: string; icon: string; run: () => void };

const go = (href: string) => () => location.assign(href);
let dialog: HTMLDialogElement | null = null;

export function toggle(): void {
  if (dialog?.open) dialog.close();
  else open();
}

function ofPage(): Entry[] {
  const actions = [...document.querySelectorAll<HTMLElement>("[data-action]")].map((element): Entry => {
    const icon = [...(element.querySelector(".i")?.classList ?? [])].find((name) => name.startsWith("i-"));
    return {
      group: "On this page",
      text: element.dataset.action || element.textContent?.trim() || "",
      note: element.dataset.keys ?? "",
      icon: icon ?? "i-zap",
      run: () => element.click(),
    };
  });
  const places = [
    ...document.querySelectorAll<HTMLAnchorElement>(".tabs a, .nav a, .inbox-link, .top .menu-list a"),
  ].map(
    (link): Entry => ({
      group: "Go to",
      text:
        (
          link.querySelector(".visually-hidden")?.textContent ||
          link.firstChild?.textContent ||
          link.textContent ||
          ""
        ).trim() || (link.textContent ?? "").trim(),
      note: link.closest(".tabs") ? "this review" : "",
      icon: "i-arrow-right",
      run: go(link.href),
    }),
  );
  return [...actions, ...places];
}

function open(): void {
  const box = document.createElement("dialog");
  dialog = box;
  box.className = "palette";
  box.setAttribute("aria-label", "Commands");
  const input = document.createElement("input");
  input.className = "palette-input";
  input.placeholder = "Do something, go somewhere, search…";
  input.autocomplete = "off";
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-label", "Command or search");
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "palette-list");
  const list = document.createElement("div");
  list.className = "palette-list";
  list.id = "palette-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Commands");
  box.append(input, list);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  document.body.append(box);

  const own = ofPage();
  let shown: Entry[] = [];
  let at = 0;
  let asking: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    box.close();
    entry.run();
  };
  const mark = () => {
    list.querySelectorAll('[role="option"]').forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) option.scrollIntoView({ block: "nearest" });
    });
    input.setAttribute("aria-activedescendant", shown.length > 0 ? `palette-${at}` : "");
  };
  const draw = (found: Entry[]) => {
    const query = input.value.trim();
    shown = [...own.filter((entry) => matches(entry.text, query)).slice(0, query ? 8 : 30), ...found];
    if (query) {
      const all = `/search?q=${encodeURIComponent(query)}`;
      shown.push({
        group: "Search",
        text: `Search everything for “${query}”`,
        note: "",
        icon: "i-search",
        run: go(all),
      });
    }
    at = Math.min(at, Math.max(shown.length - 1, 0));
    let group = "";
    list.replaceChildren();
    shown.forEach((entry, index) => {
      if (entry.group !== group) {
        group = entry.group;
        list.append(span("group", group, "div"));
      }
      const option = document.createElement("div");
      option.id = `palette-${index}`;
      option.setAttribute("role", "option");
      option.append(span(`i ${entry.icon}`, "", "i"), span("grow", entry.text), span("note", entry.note));
      option.addEventListener("click", () => choose(entry));
      list.append(option);
    });
    mark();
  };
  const search = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`/api/v1/search?limit=6&q=${encodeURIComponent(input.value.trim())}`, {
        headers: { accept: "application/json" },
        signal: asking.signal,
      });
      if (!answer.ok) return;
      const { items }: { items: { title: string; href: string; kind: string }[] } = await answer.json();
      draw(
        items.map((hit) => ({
          group: "Found",
          text: hit.title,
          note: hit.kind,
          icon: "i-file-text",
          run: go(hit.href),
        })),
      );
    } catch {
      // Aborted by the next letter, or no connection: the page's own entries are still there.
    }
  };

  input.addEventListener("input", () => {
    at = 0;
    draw([]);
    clearTimeout(timer);
    if (input.value.trim().length > 1) timer = setTimeout(search, 150);
    else asking?.abort();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") at = Math.min(at + 1, shown.length - 1);
    else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
    else if (event.key === "Enter") choose(shown[at]);
    else return;
    event.preventDefault();
    mark();
  });
  draw([]);
  box.showModal();
}

function span(style: string, text: string, tag = "span"): HTMLElement {
  const made = document.createElement(tag);
  made.className = style;
  made.textContent = text;
  if (tag === "i") made.setAttribute("aria-hidden", "true");
  return made;
}
