// The boxes of the reading view tick the tasks of the text.
import { ensureSyntaxTree } from "@codemirror/language";
import type { EditorView } from "@codemirror/view";
import { say } from "../say.ts";

const PATIENCE = 200;

/** Where each task's mark stands between its brackets. */
function tasks(view: EditorView): number[] {
  const { state } = view;
  const found: number[] = [];
  ensureSyntaxTree(state, state.doc.length, PATIENCE)?.iterate({
    enter: ({ name, from }) => {
      if (name === "TaskMarker") found.push(from + 1);
    },
  });
  return found;
}

export function tickable(pane: HTMLElement, view: EditorView): void {
  const boxes = [...pane.querySelectorAll<HTMLInputElement>("li.task > input[type=checkbox]")];
  boxes.forEach((box, number) => {
    const before = box.checked;
    box.disabled = false;
    box.setAttribute("aria-label", box.parentElement?.textContent?.trim().split("\n")[0] || "Task");
    box.addEventListener("change", () => {
      const found = tasks(view);
      const at = found[number];
      const mark = at === undefined ? "" : view.state.sliceDoc(at, at + 1);
      // The rendering may be a moment behind the text, or count boxes of raw HTML.
      if (
        view.state.readOnly ||
        at === undefined ||
        found.length !== boxes.length ||
        (mark !== " ") !== before
      ) {
        box.checked = before;
        say("The text has just changed. Please tick it again in a moment, or in the text.");
        return;
      }
      view.dispatch({ changes: { from: at, to: at + 1, insert: before ? " " : "x" }, userEvent: "input" });
    });
  });
}
