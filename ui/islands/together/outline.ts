// The headings of the text, to jump to: beside the editor, as beside the document where it is read.
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { element } from "./desk.ts";

export type Heading = { level: number; text: string; from: number };

/** Reading a long text may take no longer than this, in milliseconds; the rest comes with the next pause. */
const PATIENCE = 50;

export function headings(view: EditorView): Heading[] {
  const found: Heading[] = [];
  const { state } = view;
  ensureSyntaxTree(state, state.doc.length, PATIENCE)?.iterate({
    enter(node) {
      const level = /^(?:ATX|Setext)Heading(\d)$/.exec(node.name)?.[1];
      if (level) {
        const text = state
          .sliceDoc(node.from, node.to)
          .replace(/^#+\s*|\s*#*\s*$|\n[\s\S]*$/g, "")
          .replace(/\[([^\]]*)\]\([^)]*\)|[*_`~]/g, "$1");
        found.push({ level: Number(level), text, from: node.from });
      }
      return node.name === "Document";
    },
  });
  return found;
}

export function outline(view: EditorView): void {
  const body = view.dom.closest(".body");
  if (!body) return;
  let nav = body.querySelector<HTMLElement>(":scope > .outline");
  const found = headings(view).filter(({ level, text }) => level < 4 && text !== "");
  if (found.length === 0) {
    nav?.remove();
    return;
  }
  if (!nav) {
    nav = element("nav", "outline no-print");
    nav.setAttribute("aria-labelledby", "outline-title");
    const title = element("h2", "", "In this document");
    title.id = "outline-title";
    const list = element("ol", "");
    list.setAttribute("role", "list");
    nav.append(title, list);
    body.prepend(nav);
  }
  const list = nav.querySelector("ol") as HTMLOListElement;
  const now = JSON.stringify(found);
  if (list.dataset.now === now) return;
  list.dataset.now = now;
  list.replaceChildren(
    ...found.map(({ level, text, from }) => {
      const item = element("li", level > 2 ? "level-3" : "");
      const link = element("a", "");
      link.href = "#text";
      link.append(element("span", "", text));
      link.addEventListener("click", (event) => {
        event.preventDefault();
        view.dispatch({
          selection: { anchor: from },
          effects: EditorView.scrollIntoView(from, { y: "start", yMargin: 120 }),
        });
        view.focus();
      });
      item.append(link);
      return item;
    }),
  );
}
