// Who is in the document, each once. A click on a name follows them: the page scrolls with their cursor until one types,
// presses Escape or lets them go by another click.
import { EditorView } from "@codemirror/view";
import { say } from "../say.ts";
import type { Line } from "./line.ts";
import { colourOf, FADES_AFTER, headOf, type Presence } from "./others.ts";

type Here = { name: string; client: number; moved: number };

export class People {
  #line: Line;
  #view: EditorView | undefined;
  #followed: string | undefined;

  constructor(line: Line) {
    this.#line = line;
    line.awareness.on("change", () => {
      this.#list();
      this.#go();
    });
    setInterval(() => this.#list(), FADES_AFTER / 2);
  }

  /** From here on there is a view that can scroll. */
  attach(view: EditorView): void {
    this.#view = view;
    view.contentDOM.addEventListener("beforeinput", () => this.#leave());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" || (view.hasFocus && event.key.length === 1 && !event.ctrlKey))
        this.#leave();
    });
    this.#list();
  }

  #here(): Here[] {
    const people = new Map<string, Here>();
    for (const [client, state] of this.#line.awareness.getStates() as Map<number, Presence>) {
      const name = state.user?.name;
      if (client === this.#line.awareness.clientID || !name) continue;
      const here = { name, client, moved: Number(state.moved ?? 0) };
      const known = people.get(name);
      // Of somebody's windows the one that they are in.
      if (!known || here.moved > known.moved) people.set(name, here);
    }
    return [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  #list(): void {
    const list = document.getElementById("together-here");
    if (!list?.parentElement) return;
    const people = this.#here();
    list.parentElement.hidden = people.length === 0;
    const shown = [...list.querySelectorAll<HTMLButtonElement>("button")];
    people.forEach(({ name, client, moved }, at) => {
      const button = shown[at] ?? this.#button(list);
      const label = button.lastElementChild as HTMLElement;
      if (label.textContent !== name) label.textContent = name;
      (button.firstElementChild as HTMLElement).className = `dot person-${colourOf(client)}`;
      button.setAttribute("aria-pressed", String(this.#followed === name));
      const idle = Date.now() - moved > FADES_AFTER;
      button.classList.toggle("faded", idle);
      button.title = `${this.#followed === name ? "Stop following" : "Follow"} ${name}${idle ? " (idle)" : ""}`;
    });
    for (const gone of shown.slice(people.length)) gone.parentElement?.remove();
  }

  #button(list: HTMLElement): HTMLButtonElement {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "here";
    button.append(document.createElement("span"), document.createElement("span"));
    button.addEventListener("click", () => {
      const name = button.lastElementChild?.textContent ?? "";
      if (this.#followed === name) return this.#leave();
      this.#followed = name;
      say(`Following ${name}. Type or press Escape to stop.`);
      this.#list();
      this.#go();
    });
    item.append(button);
    list.append(item);
    return button;
  }

  #leave(): void {
    if (this.#followed === undefined) return;
    say(`No longer following ${this.#followed}.`);
    this.#followed = undefined;
    this.#list();
  }

  #go(): void {
    const view = this.#view;
    const person = this.#here().find(({ name }) => name === this.#followed);
    if (!view || !person) return;
    // Their text may come in the same breath as their cursor.
    queueMicrotask(() => {
      const head = headOf(this.#line, person.client);
      if (head === null) return;
      const at = Math.min(head, view.state.doc.length);
      view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
    });
  }
}
