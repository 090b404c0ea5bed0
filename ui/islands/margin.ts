// [data-comment="/url"]: choosing words offers to comment on them. #margin: the threads beside a document stand next to
// their words on a wide screen, in a drawer on a narrow one; what is done in them does not leave the page.
import { replace } from "./live.ts";
import { type Chosen, type Places, page } from "./margin/places.ts";
import { say } from "./say.ts";

const GAP = 12;
const narrow = matchMedia("(max-width: 61.99rem)");

let places: Places = page;
let active: string | undefined;
let wanted: Chosen | undefined;

const root = () => document.getElementById("margin");
const cards = () => [...document.querySelectorAll<HTMLElement>("#margin-cards > .margin-card")];

/** From here on the threads stand at the words of an editor. */
export function standIn(other: Places): void {
  places = other;
  arrange();
}

export function margin(section: HTMLElement): void {
  section.classList.add("ready");
  section.addEventListener("submit", send);
  section.addEventListener("focusin", (event) => {
    const card = (event.target as Element).closest<HTMLElement>(".margin-card");
    activate(card?.dataset.thread);
  });
  section.addEventListener("click", (event) => {
    const target = event.target as Element;
    const card = target.closest<HTMLElement>(".margin-card");
    if (target.closest(".quoted-words") && card?.dataset.thread) places.reveal(card.dataset.thread);
  });
  section.addEventListener("toggle", arrange, { capture: true });
  new ResizeObserver(arrange).observe(section);
  drawer(section);
  arrange();
  fromAddress();
}

/** Lays the cards out beside their words, none over another; the active one exactly there. */
export function arrange(): void {
  const section = document.getElementById("margin-cards");
  if (!section) return;
  section.classList.toggle("beside-words", !narrow.matches);
  const origin = section.getBoundingClientRect().top;
  const all = cards();
  for (const card of all)
    card.classList.toggle("active", active !== undefined && card.dataset.thread === active);
  const tops = all.map((card) => places.top(card.dataset.thread ?? "") ?? Number(card.dataset.at ?? origin));
  const order = all
    .map((card, at) => ({ card, top: (tops[at] ?? origin) - origin }))
    .sort((a, b) => a.top - b.top);
  const fixed = order.findIndex(({ card }) => card.dataset.thread === active && active !== undefined);
  const put = (card: HTMLElement, top: number) => {
    card.style.insetBlockStart = `${Math.round(top)}px`;
  };
  let end = 0;
  const from = Math.max(fixed, 0);
  const start = fixed < 0 ? 0 : Math.max(0, order[fixed]?.top ?? 0);
  end = start;
  if (narrow.matches) return;
  for (const { card, top } of order.slice(from)) {
    const at = Math.max(top, end);
    put(card, at);
    end = at + card.offsetHeight + GAP;
  }
  let limit = start;
  for (const { card, top } of order.slice(0, from).reverse()) {
    const at = Math.min(top, limit - card.offsetHeight - GAP);
    put(card, at);
    limit = at;
  }
  section.style.minBlockSize = `${Math.max(end, 0)}px`;
}

function activate(thread: string | undefined): void {
  if (thread === active) return;
  active = thread;
  places.emphasise(thread);
  arrange();
}

/** Shows a thread and gives it the focus. */
export function show(thread: string): void {
  const card = document.getElementById(`thread-${thread}`);
  if (!card || !root()?.contains(card)) {
    if (!root() && document.querySelector("[data-comment]"))
      location.assign(`?beside=comments#thread-${thread}`);
    return;
  }
  root()?.classList.add("open");
  activate(thread);
  card.focus({ preventScroll: !narrow.matches });
  if (narrow.matches) card.scrollIntoView({ block: "nearest" });
}

function fromAddress(): void {
  const thread = location.hash.match(/^#thread-([0-9a-f]+)$/)?.[1];
  if (!thread || active) return;
  places.reveal(thread);
  show(thread);
}

/** On a narrow screen the threads are a drawer, opened by a button or by their words. */
function drawer(section: HTMLElement): void {
  document.querySelector(".margin-toggle")?.remove();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button margin-toggle no-print";
  button.setAttribute("aria-controls", "margin");
  const label = () => {
    const open = section.classList.contains("open");
    const count = section.querySelectorAll(".margin-card:not(.resolved)").length;
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Close the comments" : `Comments ${count}`;
  };
  button.addEventListener("click", () => {
    section.classList.toggle("open");
    label();
  });
  section.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !section.classList.contains("open")) return;
    section.classList.remove("open");
    label();
    button.focus();
  });
  new MutationObserver(label).observe(section, { attributes: true, attributeFilter: ["class"] });
  label();
  section.after(button);
}

/** Sends a form of the margin and takes the fresh margin; a refused form keeps what was typed and says why. */
async function send(event: SubmitEvent): Promise<void> {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  event.preventDefault();
  const begins = form.matches("[data-quote-form]");
  try {
    if (begins) await places.settled();
    const body = new URLSearchParams(
      new FormData(form, event.submitter) as unknown as Record<string, string>,
    );
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
    const text = await answer.text();
    if (!answer.ok) {
      const page = new DOMParser().parseFromString(text, "text/html");
      const error = page.querySelector(".error, .error-summary li, main h1")?.textContent?.trim();
      say(error?.replace(/^Error: /, "") ?? "That did not work. What you typed is still here.");
      return;
    }
    form.reset();
    if (begins) form.closest(".margin-card")?.remove();
    const fresh = answer.url.match(/#thread-([0-9a-f]+)$/)?.[1];
    await refresh();
    if (fresh) show(fresh);
    say(begins ? "Your comment is there." : "Done.");
  } catch {
    say("There is no connection. What you typed is still here; please try again.");
  } finally {
    delete form.dataset.sending;
  }
}

/** Takes the margin, and the document where it is shown, from the page as it is now. */
export async function refresh(): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["paper", "beside", "margin"]) {
    const old = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (!old || !fresh) continue;
    if (id === "margin" && old.classList.contains("open")) fresh.classList.add("open");
    replace(old, fresh.outerHTML);
  }
}

/** A button beside chosen words. */
function offer(): void {
  const chosen = places.chosen();
  let button = document.getElementById("comment-on-words") as HTMLButtonElement | null;
  if (!chosen) {
    if (button && document.activeElement !== button) button.hidden = true;
    return;
  }
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.id = "comment-on-words";
    button.className = "button small no-print";
    button.innerHTML = '<i class="i i-message-square-plus" aria-hidden="true"></i>Comment';
    button.title = "Comment on these words (Ctrl+Alt+M)";
    // Pressing it must not take the selection away.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => void begin());
    document.body.append(button);
  }
  button.hidden = false;
  button.style.insetBlockStart = `${Math.max(4, chosen.at.bottom + scrollY + 6)}px`;
  button.style.insetInlineStart = `${Math.min(Math.max(8, chosen.at.left + scrollX), innerWidth - 140)}px`;
  wanted = chosen;
}

/** Brings the form for a comment on the chosen words. */
async function begin(): Promise<void> {
  const chosen = places.chosen() ?? wanted;
  const address =
    document.querySelector<HTMLElement>("[data-comment]")?.dataset.comment ?? root()?.dataset.margin;
  if (!chosen || !address) return;
  const button = document.getElementById("comment-on-words");
  if (button) button.hidden = true;
  const url = `${address}?${new URLSearchParams({ words: chosen.words, before: chosen.before, after: chosen.after })}`;
  const list = document.getElementById("margin-cards");
  await places.settled();
  const answer = list ? await fetch(url, { headers: { accept: "text/html" } }) : undefined;
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
  const form = page?.querySelector("form[data-quote-form]");
  if (!list || !form) {
    location.assign(url);
    return;
  }
  list.querySelector(".margin-card.new")?.remove();
  const card = document.createElement("article");
  card.className = "margin-card new";
  card.dataset.at = String(chosen.at.top);
  card.setAttribute("aria-label", "New comment");
  card.append(document.importNode(form, true));
  card.querySelector("[data-cancel]")?.addEventListener("click", (event) => {
    event.preventDefault();
    card.remove();
    arrange();
  });
  list.prepend(card);
  root()?.classList.add("open");
  arrange();
  card.querySelector<HTMLElement>("textarea[name=body]")?.focus();
}

let timer: ReturnType<typeof setTimeout> | undefined;
document.addEventListener("selectionchange", () => {
  clearTimeout(timer);
  timer = setTimeout(offer, 200);
});
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyM" || !event.altKey || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  void begin();
});
document.addEventListener("click", (event) => {
  const mark = (event.target as Element).closest<HTMLElement>("mark[data-thread]");
  if (!mark || (event.target as Element).closest("a") || !document.getSelection()?.isCollapsed) return;
  const thread = mark.dataset.thread?.split(" ").at(-1);
  if (thread) show(thread);
});
addEventListener("resize", arrange);
addEventListener("hashchange", () => {
  active = undefined;
  fromAddress();
});
document.addEventListener("load", arrange, { capture: true });
// Words may have been chosen before this script was there.
offer();
