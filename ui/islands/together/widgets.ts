// What stands in the text instead of a mark that has receded.
import { type EditorView, WidgetType } from "@codemirror/view";

export class Bullet extends WidgetType {
  override eq(): boolean {
    return true;
  }

  override toDOM(): HTMLElement {
    const bullet = document.createElement("span");
    bullet.className = "md-mark md-bullet";
    bullet.textContent = "•";
    bullet.setAttribute("aria-hidden", "true");
    return bullet;
  }
}

/** The box of a task. With the keyboard it is Mod-Shift-Enter on its line. */
export class Tick extends WidgetType {
  constructor(readonly done: boolean) {
    super();
  }

  override eq(other: Tick): boolean {
    return other.done === this.done;
  }

  override toDOM(view: EditorView): HTMLElement {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "md-tick";
    box.checked = this.done;
    box.tabIndex = -1;
    box.setAttribute("aria-label", this.done ? "done" : "not done");
    box.addEventListener("pointerdown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => {
      event.preventDefault();
      if (view.state.readOnly) return;
      const at = view.posAtDOM(box);
      if (!/^\[[ xX]\]$/.test(view.state.sliceDoc(at, at + 3))) return;
      const insert = this.done ? " " : "x";
      view.dispatch({ changes: { from: at + 1, to: at + 2, insert }, userEvent: "input" });
    });
    return box;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
