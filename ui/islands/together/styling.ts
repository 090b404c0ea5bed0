// Markdown, styled where it stands: headings are large, links look like links, and the marks that make them so recede from
// every line that the cursor is not on. The text itself is never touched.
import { syntaxTree } from "@codemirror/language";
import type { Range } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import type { SyntaxNodeRef } from "@lezer/common";
import { Bullet, Tick } from "./widgets.ts";

const HIDDEN = Decoration.replace({});
const DIM = Decoration.mark({ class: "md-dim" });

/** What ends the press of a pointer. */
const ENDS = ["pointerup", "pointercancel"];

/** What a whole line looks like, by the block it belongs to. */
const LINES: Record<string, string> = {
  ATXHeading1: "md-h1",
  ATXHeading2: "md-h2",
  ATXHeading3: "md-h3",
  ATXHeading4: "md-h4",
  ATXHeading5: "md-h4",
  ATXHeading6: "md-h4",
  SetextHeading1: "md-h1",
  SetextHeading2: "md-h2",
  Blockquote: "md-quote",
  FencedCode: "md-code",
  CodeBlock: "md-code",
  Table: "md-table",
  HorizontalRule: "md-rule",
  HTMLBlock: "md-html",
};

const SPANS: Record<string, string> = {
  InlineCode: "md-inline-code",
  Strikethrough: "md-struck",
  Link: "md-link",
  URL: "md-url",
};

/** Marks that go away with the cursor, by the node that they belong to. */
const RECEDING: Record<string, string[]> = {
  EmphasisMark: ["Emphasis", "StrongEmphasis"],
  StrikethroughMark: ["Strikethrough"],
  CodeMark: ["InlineCode"],
};

export function styling() {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      /** Nothing moves under a pressed pointer, or a selection would begin elsewhere than where it was put. */
      pressed = false;
      stale = false;
      readonly release: () => void;

      constructor(readonly view: EditorView) {
        this.decorations = draw(view);
        this.release = () => {
          if (!this.pressed) return;
          this.pressed = false;
          this.stale = true;
          view.dispatch({});
        };
        for (const end of ENDS) document.addEventListener(end, this.release);
      }

      destroy(): void {
        for (const end of ENDS) document.removeEventListener(end, this.release);
      }

      update(update: ViewUpdate): void {
        // The cursors of others change the view many times a second, and nothing here.
        const changed =
          this.stale ||
          update.docChanged ||
          update.viewportChanged ||
          update.selectionSet ||
          update.focusChanged ||
          syntaxTree(update.startState) !== syntaxTree(update.state);
        if (!changed || (this.pressed && !update.docChanged && !update.viewportChanged)) return;
        this.stale = false;
        this.decorations = draw(update.view);
      }
    },
    {
      decorations: (plugin) => plugin.decorations,
      eventHandlers: {
        pointerdown() {
          this.pressed = true;
        },
      },
    },
  );
}

function draw(view: EditorView): DecorationSet {
  const { state } = view;
  const drawn: Range<Decoration>[] = [];
  const open = view.hasFocus
    ? state.selection.ranges.map((range) => ({
        from: state.doc.lineAt(range.from).from,
        to: state.doc.lineAt(range.to).to,
      }))
    : [];
  /** Whether the cursor is on a line of this stretch. */
  const isOpen = (from: number, to: number) => open.some((range) => range.from <= to && range.to >= from);
  const add = (from: number, to: number, decoration: Decoration) => {
    if (from < to) drawn.push(decoration.range(from, to));
  };
  const hide = (from: number, to: number) => {
    if (from < to && state.doc.lineAt(from).to >= to) drawn.push(HIDDEN.range(from, to));
  };
  const lines = (node: { from: number; to: number }, name: string) => {
    for (const range of view.visibleRanges) {
      let at = Math.max(node.from, range.from);
      const end = Math.min(node.to, range.to);
      while (at <= end) {
        const line = state.doc.lineAt(at);
        const first = line.from <= node.from ? ` ${name}-first` : "";
        const last = line.to >= node.to ? ` ${name}-last` : "";
        drawn.push(Decoration.line({ class: `${name}${first}${last}` }).range(line.from));
        at = line.to + 1;
      }
    }
  };
  const space = (at: number) => (state.sliceDoc(at, at + 1) === " " ? at + 1 : at);

  const enter = (node: SyntaxNodeRef) => {
    const { name, from, to } = node;
    const parent = node.node.parent?.name ?? "";
    const line = LINES[name];
    if (line) lines(node, line);
    const span = SPANS[name];
    if (span && !(name === "URL" && parent === "Image")) add(from, to, Decoration.mark({ class: span }));
    if (RECEDING[name]?.includes(parent)) {
      const whole = node.node.parent as { from: number; to: number };
      if (isOpen(whole.from, whole.to)) add(from, to, DIM);
      else hide(from, to);
      return;
    }
    switch (name) {
      case "HeaderMark":
        if (isOpen(from, to) || parent.startsWith("Setext")) add(from, to, DIM);
        else if (state.doc.lineAt(from).to === to) hide(from - 1, to);
        else hide(from, space(to));
        break;
      case "QuoteMark":
        if (isOpen(from, to)) add(from, to, DIM);
        else hide(from, space(to));
        break;
      case "Link": {
        const marks = node.node.getChildren("LinkMark");
        const [first, second] = marks;
        const words = first && second && second.from > first.to;
        if (!first || !second || !words || isOpen(from, to)) {
          for (const mark of marks) add(mark.from, mark.to, DIM);
        } else {
          hide(first.from, first.to);
          hide(second.from, to);
        }
        break;
      }
      case "Escape":
        if (!isOpen(from, to)) hide(from, from + 1);
        break;
      case "ListMark": {
        const item = node.node.parent;
        const start = state.doc.lineAt(from);
        const depth = Math.min(Math.floor((from - start.from) / 2), 5);
        drawn.push(Decoration.line({ class: `md-item md-in-${depth}` }).range(start.from));
        add(start.from, from, Decoration.mark({ class: "md-indent" }));
        const task = item?.getChild("Task");
        const marker = task?.getChild("TaskMarker");
        if (task && marker) {
          if (isOpen(from, to)) add(from, space(to), Decoration.mark({ class: "md-mark" }));
          else hide(from, marker.from);
        } else if (isOpen(from, to) || parent !== "ListItem" || item?.parent?.name === "OrderedList") {
          add(from, space(to), Decoration.mark({ class: "md-mark" }));
        } else {
          drawn.push(Decoration.replace({ widget: new Bullet() }).range(from, space(to)));
        }
        break;
      }
      case "TaskMarker": {
        if (isOpen(from, to)) break;
        const done = /x/i.test(state.sliceDoc(from, to));
        drawn.push(Decoration.replace({ widget: new Tick(done) }).range(from, space(to)));
        if (done) add(space(to), node.node.parent?.to ?? to, Decoration.mark({ class: "md-done" }));
        break;
      }
      case "CodeInfo":
      case "TableDelimiter":
      case "LinkTitle":
      case "LinkReference":
        add(from, to, DIM);
        break;
      case "CodeMark":
        add(from, to, DIM);
        break;
    }
  };
  for (const { from, to } of view.visibleRanges) syntaxTree(state).iterate({ from, to, enter });
  return Decoration.set(drawn, true);
}
