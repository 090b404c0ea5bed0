// What the toolbar's buttons and their keys do to the Markdown: each is on, or off again, for what is selected.
import { type ChangeSpec, EditorSelection, type EditorState, type TransactionSpec } from "@codemirror/state";
import { type Command, type EditorView, keymap } from "@codemirror/view";

type Edit = (state: EditorState) => TransactionSpec;

const run =
  (edit: Edit): Command =>
  (view) => {
    if (view.state.readOnly) return false;
    view.dispatch({ ...edit(view.state), userEvent: "input", scrollIntoView: true });
    view.focus();
    return true;
  };

/** Puts `mark` around each selection, or around the word at the cursor; takes it away where it is. */
export function around(mark: string): Edit {
  const size = mark.length;
  return (state) =>
    state.changeByRange((range) => {
      const { from, to } = range.empty ? (state.wordAt(range.head) ?? range) : range;
      const outer =
        state.sliceDoc(Math.max(0, from - size), from) === mark && state.sliceDoc(to, to + size) === mark;
      // One star is also the half of two.
      const whole =
        outer &&
        !(
          size === 1 &&
          state.sliceDoc(from - 2, from) === mark + mark &&
          state.sliceDoc(to, to + 2) === mark + mark
        );
      if (whole) {
        return {
          changes: [
            { from: from - size, to: from },
            { from: to, to: to + size },
          ],
          range: range.empty
            ? EditorSelection.cursor(range.head - size)
            : EditorSelection.range(from - size, to - size),
        };
      }
      return {
        changes: [
          { from, insert: mark },
          { from: to, insert: mark },
        ],
        range: range.empty
          ? EditorSelection.cursor(range.head + size)
          : EditorSelection.range(from + size, to + size),
      };
    });
}

/** What may stand before the words of a line. */
const BEFORE = /^(\s*)(#{1,6}\s+|>\s?|(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?)?/;

/** Gives each selected line this beginning, or takes it from them all where they all have it. */
export function lines(begin: (at: number) => string, has: RegExp): Edit {
  return (state) => {
    const chosen = new Set<number>();
    for (const { from, to } of state.selection.ranges) {
      const last = state.doc.lineAt(to).number;
      for (let number = state.doc.lineAt(from).number; number <= last; number += 1) chosen.add(number);
    }
    const all = [...chosen].map((number) => state.doc.line(number));
    const worded = all.length > 1 ? all.filter((line) => line.text.trim() !== "") : all;
    const off = worded.every((line) => has.test(line.text));
    const changes: ChangeSpec[] = worded.map((line, at) => {
      const found = BEFORE.exec(line.text);
      const indent = found?.[1]?.length ?? 0;
      return {
        from: line.from + indent,
        to: line.from + (found?.[0].length ?? 0),
        insert: off ? "" : begin(at + 1),
      };
    });
    const done = state.changes(changes);
    return { changes: done, selection: state.selection.map(done, 1) };
  };
}

export const heading = (level: number): Edit =>
  lines(() => `${"#".repeat(level)} `, new RegExp(`^\\s*#{${level}}\\s`));

const plain: Edit = (state) => lines(() => "", /^$/)(state);

function link(state: EditorState): TransactionSpec {
  return state.changeByRange((range) => {
    const words = state.sliceDoc(range.from, range.to);
    const address = /^(https?:|mailto:|\/)\S+$/.test(words);
    const insert = address ? `[](${words})` : `[${words}](https://)`;
    const at = range.from + (address || words === "" ? 1 : words.length + 3);
    const end = address || words === "" ? at : at + "https://".length;
    return { changes: { from: range.from, to: range.to, insert }, range: EditorSelection.range(at, end) };
  });
}

function code(state: EditorState): TransactionSpec {
  const { from, to } = state.selection.main;
  const [first, last] = [state.doc.lineAt(from), state.doc.lineAt(to)];
  if (first.number === last.number && first.text.trim() !== "") return around("`")(state);
  return {
    changes: [
      { from: first.from, insert: "```\n" },
      { from: last.to, insert: "\n```" },
    ],
    selection: { anchor: first.from + 3 },
  };
}

export const TABLE = "| Heading | Heading |\n| --- | --- |\n|  |  |\n|  |  |\n";

/** Puts a block on lines of its own. */
export function block(text: string): Edit {
  return (state) => {
    const line = state.doc.lineAt(state.selection.main.head);
    const empty = line.text.trim() === "";
    const at = empty ? line.from : line.to;
    const before = empty
      ? line.number > 1 && state.doc.line(line.number - 1).text.trim() !== ""
        ? "\n"
        : ""
      : "\n\n";
    const word = /\p{L}+/u.exec(text);
    const start = at + before.length + (word?.index ?? 0);
    return {
      changes: { from: at, to: line.to, insert: before + text },
      selection: { anchor: start, head: start + (word?.[0].length ?? 0) },
    };
  };
}

/** Ticks the tasks of the selected lines, or unticks them. */
function tick(state: EditorState): TransactionSpec | null {
  const changes: ChangeSpec[] = [];
  for (let at = state.doc.lineAt(state.selection.main.from); ; at = state.doc.line(at.number + 1)) {
    const found = /^[\s>]*(?:[-*+]|\d+[.)])\s+\[(?=[ xX]\])/.exec(at.text);
    if (found) {
      const place = at.from + found[0].length;
      changes.push({
        from: place,
        to: place + 1,
        insert: state.sliceDoc(place, place + 1) === " " ? "x" : " ",
      });
    }
    if (at.to >= state.selection.main.to) break;
  }
  return changes.length > 0 ? { changes } : null;
}

export type Tool = { name: string; icon: string; key: string; run: Command };

/** The toolbar, in its order. */
export const TOOLS: Tool[][] = [
  [
    { name: "Bold", icon: "i-bold", key: "Mod-b", run: run(around("**")) },
    { name: "Italic", icon: "i-italic", key: "Mod-i", run: run(around("_")) },
    { name: "Code", icon: "i-code", key: "Mod-e", run: run(code) },
    { name: "Link", icon: "i-link", key: "Mod-k", run: run(link) },
  ],
  [
    { name: "Heading", icon: "i-heading", key: "Mod-Alt-2", run: run(heading(2)) },
    {
      name: "List",
      icon: "i-list",
      key: "Mod-Shift-8",
      run: run(lines(() => "- ", /^\s*[-*+]\s+(?!\[[ xX]\])/)),
    },
    {
      name: "Numbered list",
      icon: "i-list-ordered",
      key: "Mod-Shift-7",
      run: run(lines((at) => `${at}. `, /^\s*\d+[.)]\s/)),
    },
    {
      name: "Task list",
      icon: "i-list-todo",
      key: "Mod-Shift-9",
      run: run(lines(() => "- [ ] ", /^\s*[-*+]\s+\[[ xX]\]/)),
    },
    { name: "Quote", icon: "i-quote", key: "Mod-Shift-.", run: run(lines(() => "> ", /^\s*>/)) },
    { name: "Table", icon: "i-table", key: "Mod-Shift-6", run: run(block(TABLE)) },
  ],
];

export const commandKeys = keymap.of([
  ...TOOLS.flat().map(({ key, run }) => ({
    key,
    // Without words to link, this key is the command palette's.
    run: (view: EditorView) => (key !== "Mod-k" || !view.state.selection.main.empty) && run(view),
  })),
  ...[1, 3, 4].map((level) => ({ key: `Mod-Alt-${level}`, run: run(heading(level)) })),
  { key: "Mod-Alt-0", run: run(plain) },
  {
    key: "Mod-Shift-Enter",
    run: (view) => {
      const edit = view.state.readOnly ? null : tick(view.state);
      if (edit) view.dispatch({ ...edit, userEvent: "input" });
      return edit !== null;
    },
  },
]);
