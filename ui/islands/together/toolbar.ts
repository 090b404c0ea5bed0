// The toolbar: one tab stop, arrows from button to button, and every button says its key.
import type { EditorView } from "@codemirror/view";
import { TOOLS, type Tool } from "./commands.ts";
import { element, symbol } from "./desk.ts";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** A key as people read it. */
export function readable(key: string): string {
  const parts = key.split("-");
  const names: Record<string, string> = MAC
    ? { Mod: "⌘", Alt: "⌥", Shift: "⇧" }
    : { Mod: "Ctrl", Alt: "Alt", Shift: "Shift" };
  return parts.map((part) => names[part] ?? part.toUpperCase()).join(MAC ? "" : "+");
}

function aria(key: string): string {
  const mod = MAC ? "Meta" : "Control";
  return key
    .split("-")
    .map((part) => (part === "Mod" ? mod : part.toUpperCase().length === 1 ? part.toUpperCase() : part))
    .join("+");
}

export function toolbar(view: EditorView): HTMLElement {
  const bar = element("div", "desk-tools");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Formatting");
  for (const group of TOOLS) {
    const part = element("div", "desk-tool-group");
    part.append(...group.map((tool) => press(view, tool)));
    bar.append(part);
  }
  const buttons = () => [...bar.querySelectorAll("button")];
  const stop = (at: number) => {
    buttons().forEach((button, index) => {
      button.tabIndex = index === at ? 0 : -1;
    });
  };
  stop(0);
  bar.addEventListener("focusin", (event) => stop(buttons().indexOf(event.target as HTMLButtonElement)));
  bar.addEventListener("keydown", (event) => {
    const all = buttons();
    const at = all.indexOf(event.target as HTMLButtonElement);
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: all.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  });
  return bar;
}

function press(view: EditorView, tool: Tool): HTMLButtonElement {
  const button = element("button", "button quiet small icon-only");
  button.type = "button";
  button.title = `${tool.name} (${readable(tool.key)})`;
  button.setAttribute("aria-keyshortcuts", aria(tool.key));
  button.append(symbol(tool.icon), element("span", "visually-hidden", tool.name));
  // The selection stays in the text.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => tool.run(view));
  return button;
}
