// Paste: what has a form elsewhere comes as Markdown, cells of a spreadsheet as a table. The plain paste key stays plain.
import { EditorView } from "@codemirror/view";
import { say } from "../say.ts";
import { fromTabs } from "./cells.ts";

/** Spreadsheets put a picture of the cells beside them; the words are wanted. */
const MARKUP = /<(?:h[1-6]|p|ul|ol|li|table|strong|b|em|i|a|code|pre|blockquote)[\s>]/i;

export function paste() {
  let plain = false;
  return EditorView.domEventHandlers({
    keydown(event) {
      plain = event.key.toLowerCase() === "v" && event.shiftKey && (event.ctrlKey || event.metaKey);
    },
    paste(event, view) {
      const data = event.clipboardData;
      if (!data || plain || view.state.readOnly) {
        plain = false;
        return false;
      }
      const html = data.getData("text/html");
      const words = data.getData("text/plain");
      const table = fromTabs(words);
      if (!table && !MARKUP.test(html)) return false;
      event.preventDefault();
      // Cells with marks in them stay cells; only without HTML are the tabs all there is.
      if (html && (!table || /<table[\s>]/i.test(html))) void rich(view, html, table ?? words);
      else if (table) put(view, table);
      return true;
    },
  });
}

async function rich(view: EditorView, html: string, otherwise: string): Promise<void> {
  let markdown = otherwise;
  try {
    markdown = (await import("./rich.ts")).toMarkdown(html) || otherwise;
  } catch {
    say("The formatting could not be read, so the words were pasted without it.");
  }
  put(view, markdown);
}

/** In place of the selection; a block stands on lines of its own. */
function put(view: EditorView, markdown: string): void {
  const { state } = view;
  const { from, to } = state.selection.main;
  const line = state.doc.lineAt(from);
  const isBlock = /\n|^(?:#|[-*>|]|\d+\.)\s/.test(markdown);
  const before = isBlock && state.sliceDoc(line.from, from).trim() !== "" ? "\n\n" : "";
  const after = isBlock && to < state.doc.lineAt(to).to ? "\n\n" : "";
  const insert = before + markdown + after;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + before.length + markdown.length },
    userEvent: "input.paste",
    scrollIntoView: true,
  });
}
