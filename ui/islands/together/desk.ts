// What stands around the text: the toolbar above it, the three views, the outline beside it and the count of words below.
import { syntaxTree } from "@codemirror/language";
import { StateEffect } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { ViewPlugin } from "@codemirror/view";
import type { Opened } from "./editor.ts";
import { outline } from "./outline.ts";
import { Reading } from "./reading.ts";
import { toolbar } from "./toolbar.ts";
import { count } from "./words.ts";

export type View = "write" | "beside" | "read";

const VIEWS: [View, string, string][] = [
  ["write", "Write", "i-pencil"],
  ["beside", "Side by side", "i-columns-2"],
  ["read", "Read", "i-book-open"],
];
const BAR = "hardwon:toolbar";
/** What is derived from the text follows this long after the last key. */
const PAUSE = 400;

export function desk(opened: Opened): void {
  const { view, area } = opened;
  const frame = element("div", "desk");
  const bar = element("div", "desk-bar");
  const panes = element("div", "desk-panes");
  const foot = element("p", "desk-foot muted small");
  const reading = new Reading(opened);
  const writing = element("div", "desk-writing");
  writing.append(view.dom);
  panes.append(writing, reading.pane);
  frame.append(bar, panes, foot);
  area.after(frame);
  area.hidden = true;
  // The views are a better preview than the form's.
  document.getElementById("together-preview")?.setAttribute("hidden", "");

  const show = (wanted: View) => {
    frame.dataset.view = wanted;
    for (const button of views.children)
      button.setAttribute("aria-pressed", String((button as HTMLElement).dataset.view === wanted));
    reading.show(wanted !== "write");
    if (wanted !== "read") view.requestMeasure();
  };
  const views = element("div", "segments desk-views");
  views.setAttribute("role", "group");
  views.setAttribute("aria-label", "View");
  for (const [name, words, icon] of VIEWS) {
    const button = element("button", "");
    button.type = "button";
    button.dataset.view = name;
    button.dataset.action = words;
    button.title = words;
    button.append(symbol(icon), element("span", "desk-view-name", words));
    button.addEventListener("click", () => {
      show(name);
      if (name !== "read") view.focus();
    });
    views.append(button);
  }
  if (area.dataset.syntax === "markdown") bar.append(...optional(toolbar(view)));
  bar.append(views);
  show("write");

  const derive = () => {
    foot.textContent = counted(view);
    outline(view);
    reading.follow();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = ViewPlugin.define(() => ({
    update(update) {
      if (update.selectionSet) reading.accompany(view);
      const more = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (!update.docChanged && !update.selectionSet && !more) return;
      clearTimeout(timer);
      timer = setTimeout(derive, PAUSE);
    },
  }));
  view.dispatch({ effects: StateEffect.appendConfig.of(watch) });
  derive();
}

/** The toolbar with the button that puts it away; the choice is kept in this browser. */
function optional(bar: HTMLElement): HTMLElement[] {
  const button = element("button", "button quiet small icon-only");
  button.type = "button";
  button.append(symbol("i-type"), element("span", "visually-hidden", "Formatting"));
  const show = (shown: boolean) => {
    bar.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
    button.title = shown ? "Hide formatting" : "Show formatting";
  };
  button.addEventListener("click", () => {
    show(bar.hidden !== false);
    localStorage.setItem(BAR, bar.hidden ? "hidden" : "shown");
  });
  show(localStorage.getItem(BAR) !== "hidden");
  return [button, bar];
}

function counted(view: EditorView): string {
  const all = count(view.state.doc.toString());
  const { from, to } = view.state.selection.main;
  const words = `${all.toLocaleString()} ${all === 1 ? "word" : "words"}`;
  return from === to ? words : `${count(view.state.sliceDoc(from, to)).toLocaleString()} of ${words}`;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  style: string,
  words = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (style) made.className = style;
  if (words) made.textContent = words;
  return made;
}

export function symbol(icon: string): HTMLElement {
  const made = element("i", `i ${icon}`);
  made.setAttribute("aria-hidden", "true");
  return made;
}
