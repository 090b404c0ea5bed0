// textarea[data-together="/reviews/7/document/sync"]: an editor of the shared text in its place. The text area stays in the
// form and follows the text, so that what the form does without scripts it still does.
import type { EditorView } from "@codemirror/view";
import * as Y from "yjs";
import { say } from "./say.ts";
import { close, open } from "./together/editor.ts";
import { Line, type State } from "./together/line.ts";
import type { Presence } from "./together/others.ts";
import { People } from "./together/people.ts";
import { Shelf } from "./together/shelf.ts";

export async function together(area: HTMLTextAreaElement): Promise<void> {
  const address = new URL(area.dataset.together ?? "", location.href);
  const name = `hardwon:document:${address.pathname}:${area.dataset.me ?? ""}`;
  const doc = new Y.Doc();
  const text = doc.getText("content");
  const shelf = await Shelf.open(name);
  for (const update of shelf.updates) Y.applyUpdate(doc, update, shelf);
  address.protocol = address.protocol.replace("http", "ws");
  address.searchParams.set("saved", "1");

  let view: EditorView | undefined;
  const mark = document.getElementById("together-mark");
  const line = new Line(doc, address.href, shelf, (state) => {
    if (mark) show(mark, state);
    // Until the whole text has come there is nothing to edit: an empty page would look like a lost one.
    if (!view && (state.kind === "saved" || state.kind === "saving")) {
      view = open(area, text, line);
      people.attach(view);
    }
    if (state.kind === "ended") {
      if (view) close(view);
      say(state.reason);
    }
  });
  const people = new People(line);
  line.awareness.setLocalState({ user: {}, cursor: null, moved: Date.now() } satisfies Presence);
  addEventListener("beforeunload", (event) => {
    if (line.unsaved > 0) event.preventDefault();
  });
}

function show(mark: HTMLElement, state: State): void {
  const words = {
    connecting: "Connecting …",
    saved: "Saved",
    saving: "Saving …",
    offline: state.kind === "offline" ? `Offline, ${changes(state.changes)} kept here` : "",
    ended: state.kind === "ended" ? state.reason : "",
  };
  if (mark.textContent !== words[state.kind]) mark.textContent = words[state.kind];
  mark.dataset.state = state.kind;
}

function changes(count: number): string {
  return count === 1 ? "1 change" : `${count} changes`;
}
