// The editor itself: CodeMirror over the shared text. Whatever else belongs to it is hooked in here: what changes the editor
// joins `extensions`, what stands around it is called with the `Opened` editor.
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, StateEffect } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import * as Y from "yjs";
import { adopt } from "../adopt.ts";
import { commandKeys } from "./commands.ts";
import { completion } from "./completion.ts";
import { desk } from "./desk.ts";
import { sending } from "./form.ts";
import { languages } from "./languages.ts";
import type { Line } from "./line.ts";
import { look } from "./look.ts";
import { threads } from "./margin.ts";
import { others } from "./others.ts";
import { paste } from "./paste.ts";
import { styling } from "./styling.ts";

/** An editor in its place, for whatever works with it. */
export type Opened = {
  view: EditorView;
  text: Y.Text;
  line: Line;
  /** The field that the editor stands in for, and its form. */
  area: HTMLTextAreaElement;
  form: HTMLFormElement | null;
};

export function open(area: HTMLTextAreaElement, text: Y.Text, line: Line): EditorView {
  const isMarkdown = area.dataset.syntax === "markdown";
  const label = area.labels?.[0]?.textContent ?? "Document";
  // Only what is typed here can be undone here: what others write comes with the line as its origin, which is none of these.
  const undoManager = new Y.UndoManager(text, { trackedOrigins: new Set() });
  const extensions: Extension[] = [
    keymap.of([
      ...yUndoManagerKeymap,
      { key: "Mod-Shift-z", run: () => undoManager.redo() !== null, preventDefault: true },
      ...searchKeymap,
    ]),
    isMarkdown
      ? [
          commandKeys,
          markdown({ base: markdownLanguage, codeLanguages: languages, completeHTMLTags: false }),
          styling(),
          paste(),
          completion(),
        ]
      : [],
    keymap.of([...defaultKeymap, indentWithTab]),
    syntaxHighlighting(classHighlighter),
    search({ top: true }),
    highlightSelectionMatches({ minSelectionLength: 3, wholeWords: true }),
    drawSelection(),
    look,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true", autocapitalize: "sentences" }),
    yCollab(text, null, { undoManager }),
    others(text, line.awareness),
    threads(text, () => line.settled()),
  ];
  // CodeMirror's styles stand in a <style> of the head.
  adopt(document.head);
  const view = new EditorView({ state: EditorState.create({ doc: text.toString(), extensions }) });
  const opened: Opened = { view, text, line, area, form: area.form };
  desk(opened);
  sending(opened);
  return view;
}

/** Nothing more can be written; what is there can be read and copied. */
export function close(view: EditorView): void {
  view.dispatch({
    effects: StateEffect.appendConfig.of([EditorState.readOnly.of(true), EditorView.editable.of(false)]),
  });
}
