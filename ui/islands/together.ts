// textarea[data-together="/reviews/7/document/sync"]: an editor of the shared text in its place. The text area stays in the
// form and follows the text, so that what the form does without scripts it still does.
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import * as Y from "yjs";
import { say } from "./say.ts";
import { Line, type State } from "./together/line.ts";
import { threads } from "./together/margin.ts";
import { colourOf, others, type Presence } from "./together/others.ts";
import { Shelf } from "./together/shelf.ts";

// CodeMirror's own styles go before those of our sheets, so what differs is said to it.
const look = EditorView.theme({
  "&": {
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    background: "var(--surface)",
  },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-1px" },
  ".cm-scroller": { minHeight: "60vh", fontFamily: "var(--mono)", fontSize: "0.9375rem", lineHeight: "1.6" },
  ".cm-content": { padding: "var(--s4) 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 var(--s4)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-line)",
  },
  ".cm-panels": { background: "var(--sunken)", color: "var(--text)", borderColor: "var(--line)" },
});

/** The text area follows this long after the last key. */
const FOLLOWS = 150;

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
    if (!view && (state.kind === "saved" || state.kind === "saving")) view = open(area, text, line);
    if (state.kind === "ended") {
      view?.contentDOM.setAttribute("contenteditable", "false");
      say(state.reason);
    }
  });
  line.awareness.setLocalState({ user: {}, cursor: null, moved: Date.now() } satisfies Presence);
  line.awareness.on("change", () => list(line));
  addEventListener("beforeunload", (event) => {
    if (line.unsaved > 0) event.preventDefault();
  });
}

function open(area: HTMLTextAreaElement, text: Y.Text, line: Line): EditorView {
  const follow = () => {
    area.value = text.toString();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const undo = new Y.UndoManager(text);
  const label = area.labels?.[0]?.textContent ?? "Document";
  const view = new EditorView({
    state: EditorState.create({
      doc: text.toString(),
      extensions: [
        keymap.of([...yUndoManagerKeymap, ...searchKeymap, ...defaultKeymap, indentWithTab]),
        area.dataset.syntax === "markdown" ? markdown({ base: markdownLanguage }) : [],
        syntaxHighlighting(classHighlighter),
        highlightSelectionMatches(),
        drawSelection(),
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true" }),
        yCollab(text, null, { undoManager: undo }),
        others(text, line.awareness),
        threads(text, () => line.settled()),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          clearTimeout(timer);
          timer = setTimeout(follow, FOLLOWS);
        }),
      ],
    }),
  });
  view.dom.classList.add("together");
  area.after(view.dom);
  area.hidden = true;
  follow();
  for (const event of ["click", "htmx:config:request"])
    document.addEventListener(event, follow, { capture: true });
  const form = area.form;
  const written = document.createElement("input");
  written.type = "hidden";
  written.name = "together";
  written.value = "1";
  form?.append(written);
  // The form goes when everything typed is on disk, so that what it does with the text it does with all of it.
  form?.addEventListener(
    "submit",
    (event) => {
      if (line.unsaved === 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      if (line.state.kind !== "saving") {
        say("There is no connection. What you typed is kept here; please try again in a moment.");
        return;
      }
      line.settled().then(() => form.requestSubmit(submitter));
    },
    { capture: true },
  );
  return view;
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

/** Who is in the document, each once. */
function list(line: Line): void {
  const here = document.getElementById("together-here");
  if (!here?.parentElement) return;
  const people = new Map<string, number>();
  for (const [client, state] of line.awareness.getStates() as Map<number, Presence>) {
    if (client !== line.awareness.clientID && state.user?.name) people.set(state.user.name, colourOf(client));
  }
  here.parentElement.hidden = people.size === 0;
  here.replaceChildren(
    ...[...people].sort().map(([name, colour]) => {
      const item = document.createElement("li");
      const dot = document.createElement("span");
      dot.className = `dot person-${colour}`;
      item.append(dot, name);
      return item;
    }),
  );
}
