// data-live="/url": server-sent events keep parts of the page fresh. The event "swap" carries one part or a list:
//   {"id","html"} replaces #id · {"id","text"} sets its text · {"id","again"} takes it from the page, asked for again
//   · {"id","value","version"} a text area · {"id","append"} adds a last child, unless one with its id is there
//   · {"id","order":[ids]} puts children in that order.
// "stale" means that the server can no longer say what was missed: the page's parts [data-part] are fetched anew.
// The browser reconnects by itself and says the last event it saw; what is typed or focused is never replaced.
import { say } from "./say.ts";

export type Part = {
  id: string;
  html?: string;
  text?: string;
  append?: string;
  order?: string[];
  value?: string;
  version?: string | number;
  again?: boolean;
};

export function live(root: HTMLElement): void {
  const url = root.dataset.live ?? "";
  let last = root.dataset.since ?? "";
  let lost: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;
  const notice = document.createElement("p");
  notice.className = "live-lost";
  notice.setAttribute("role", "status");
  notice.textContent = "The connection is lost. What you see may be out of date; it catches up by itself.";

  function open(): void {
    if (!root.isConnected) return;
    const address = new URL(url, location.href);
    if (last) address.searchParams.set("since", last);
    const source = new EventSource(address);
    source.onopen = () => {
      clearTimeout(lost);
      wait = 1000;
      if (notice.isConnected) say("Connected again. The page is up to date.");
      notice.remove();
      root.dataset.liveState = "open";
    };
    source.onerror = () => {
      clearTimeout(lost);
      lost = setTimeout(() => {
        root.dataset.liveState = "lost";
        if (!notice.isConnected) root.before(notice);
      }, 4000);
      if (source.readyState === EventSource.CLOSED) {
        wait = Math.min(wait * 2, 30_000);
        setTimeout(open, wait * (0.5 + Math.random()));
      }
    };
    source.addEventListener("swap", (event) => {
      last = event.lastEventId || last;
      const data = JSON.parse(event.data) as Part | Part[];
      for (const part of Array.isArray(data) ? data : [data]) take(part);
    });
    source.addEventListener("stale", (event) => {
      last = event.lastEventId || last;
      setTimeout(() => refresh(), Math.random() * 3000);
    });
    source.addEventListener("reload", () => location.reload());
    window.addEventListener("pagehide", () => source.close(), { once: true });
  }
  open();
}

// Coming back to a page from the browser's memory finds its connection closed.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("[data-live]")) location.reload();
});

function take(part: Part): void {
  const old = document.getElementById(part.id);
  if (!old) return;
  if (part.html !== undefined) replace(old, part.html);
  else if (part.text !== undefined) old.textContent = part.text;
  else if (part.append !== undefined) append(old, part.append);
  else if (part.order) reorder(old, part.order);
  else if (part.value !== undefined) old.dispatchEvent(new CustomEvent("live:value", { detail: part }));
  else if (part.again) askAgain(part.id);
}

const wanted = new Set<string>();

/** Many listeners hear at once: each asks at its own moment, and once for several changes. */
function askAgain(id: string): void {
  if (wanted.size === 0) {
    setTimeout(
      () => {
        const ids = new Set(wanted);
        wanted.clear();
        refresh(ids);
      },
      100 + Math.random() * 1400,
    );
  }
  wanted.add(id);
}

function append(parent: HTMLElement, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const fresh = template.content.firstElementChild;
  if (!fresh || (fresh.id && document.getElementById(fresh.id))) return;
  parent.append(fresh);
  window.htmx?.process(fresh);
}

/** The named children keep their place among the others and change it among themselves. */
function reorder(parent: HTMLElement, ids: string[]): void {
  const wanted = ids
    .map((id) => document.getElementById(id))
    .filter((child): child is HTMLElement => child?.parentElement === parent);
  const there = [...parent.children].filter((child) => wanted.includes(child as HTMLElement));
  if (there.every((child, place) => child === wanted[place])) return;
  const focused = document.activeElement;
  const after = there.at(-1)?.nextElementSibling ?? null;
  for (const child of wanted) parent.insertBefore(child, after);
  if (focused instanceof HTMLElement && focused !== document.activeElement)
    focused.focus({ preventScroll: true });
}

/** Fetches this page and takes its parts over: those named, or all. */
async function refresh(ids?: Set<string>): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-part][id]")) {
    const fresh = page.getElementById(old.id);
    if (fresh && (!ids || ids.has(old.id))) replace(old as HTMLElement, fresh.outerHTML);
  }
}

const isField = (e: Element): e is HTMLInputElement | HTMLTextAreaElement =>
  e instanceof HTMLTextAreaElement ||
  (e instanceof HTMLInputElement && !["checkbox", "radio", "submit", "hidden"].includes(e.type));

/** Puts the new element in the old one's place; fields that are typed in or focused move over as they are. */
export function replace(old: HTMLElement, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const fresh = template.content.firstElementChild;
  if (!fresh) {
    old.remove();
    return;
  }
  const focused =
    document.activeElement instanceof HTMLElement && old.contains(document.activeElement)
      ? document.activeElement
      : null;
  const twin = (e: Element): Element | null => {
    if (e.id) return fresh.querySelector(`#${CSS.escape(e.id)}`);
    const name = e.getAttribute("name");
    const value = e.getAttribute("value");
    return name
      ? fresh.querySelector(
          `[name="${CSS.escape(name)}"]${value && !isField(e) ? `[value="${CSS.escape(value)}"]` : ""}`,
        )
      : null;
  };
  let back: HTMLElement | null = null;
  let selection: [number | null, number | null] | null = null;
  for (const field of old.querySelectorAll("input, textarea")) {
    if (!isField(field) || (field.value === field.defaultValue && field !== focused)) continue;
    if (field === focused) selection = [field.selectionStart, field.selectionEnd];
    const place = twin(field);
    // A field with text that has no place any more keeps the old part on the page.
    if (!place) return;
    place.replaceWith(field);
    if (field === focused) back = field;
  }
  for (const open of old.querySelectorAll("details[open][id]")) twin(open)?.setAttribute("open", "");
  if (focused && !back) back = twin(focused) as HTMLElement | null;
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  if (!back) return;
  back.focus({ preventScroll: true });
  if (selection && isField(back)) {
    try {
      back.setSelectionRange(...selection);
    } catch {
      // Fields such as dates have no selection.
    }
  }
}
