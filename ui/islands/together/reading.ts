// The reading view: the text as the server renders it, followed in pauses.
import type { EditorView } from "@codemirror/view";
import { say } from "../say.ts";
import { element } from "./desk.ts";
import type { Opened } from "./editor.ts";
import { headings } from "./outline.ts";
import { tickable } from "./tasks.ts";

export class Reading {
  readonly pane = element("section", "desk-reading");
  #opened: Opened;
  #shown = false;
  #text: string | undefined;
  #asking: AbortController | undefined;

  constructor(opened: Opened) {
    this.#opened = opened;
    this.pane.setAttribute("aria-label", "Reading view");
    this.pane.tabIndex = 0;
    this.pane.append(element("div", "prose"));
  }

  show(shown: boolean): void {
    this.#shown = shown;
    this.pane.hidden = !shown;
    this.follow();
  }

  /** Asks for the rendering, unless it is of this very text. */
  async follow(): Promise<void> {
    const text = this.#opened.text.toString();
    const { form } = this.#opened;
    if (!this.#shown || !form || text === this.#text) return;
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      const answer = await fetch(form.action.replace(/\/document$/, "/preview"), {
        method: "POST",
        headers: { "hx-request": "true" },
        body: new URLSearchParams({ text }),
        signal: this.#asking.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const prose = page.querySelector(".prose");
      if (!prose) throw new Error("no rendering");
      this.#text = text;
      this.pane.firstElementChild?.replaceWith(document.adoptNode(prose));
      tickable(this.pane, this.#opened.view);
      this.accompany(this.#opened.view);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      say("The reading view cannot be brought up to date now; what you write is kept.");
    }
  }

  /** Side by side, the section that the cursor is in is in sight. */
  accompany(view: EditorView): void {
    if (!this.#shown || view.dom.offsetParent === null) return;
    const cursor = view.state.selection.main.head;
    const at = headings(view).findLastIndex(({ from }) => from <= cursor);
    const heading = this.pane.querySelectorAll<HTMLElement>(":is(h1, h2, h3, h4, h5, h6)")[at];
    const top = heading ? heading.offsetTop - this.pane.offsetTop : 0;
    this.pane.scrollTo({ top: at < 0 ? 0 : top - 16 });
  }
}
