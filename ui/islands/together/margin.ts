// The threads at words of the text, in the editor: they stand between two positions that move with it.
import { type Extension, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import * as Y from "yjs";
import type { Chosen, Places } from "../margin/places.ts";
import { arrange, show, standIn } from "../margin.ts";

const AROUND = 160;
type Stretch = { thread: string; from: number; to: number };

/** `settled`: once everything typed is on the server, where words are looked for. */
export function threads(text: Y.Text, settled: () => Promise<void>): Extension {
  const doc = text.doc as Y.Doc;
  const place = (position: string | undefined): number | undefined => {
    if (!position) return undefined;
    try {
      const bytes = Uint8Array.from(atob(position), (letter) => letter.charCodeAt(0));
      const found = Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bytes), doc);
      return found?.type === text ? found.index : undefined;
    } catch {
      return undefined;
    }
  };
  const find = (): Stretch[] =>
    [...document.querySelectorAll<HTMLElement>("#margin-cards > .margin-card:not(.resolved)")]
      .map((card) => ({
        thread: card.dataset.thread ?? "",
        from: place(card.dataset.first) ?? 0,
        to: place(card.dataset.last) ?? 0,
      }))
      .filter(({ from, to }) => from < to)
      .sort((a, b) => a.from - b.from || a.to - b.to);

  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet = Decoration.none;
      stretches: Stretch[] = [];
      active: string | undefined;
      timer: ReturnType<typeof setTimeout> | undefined;
      readonly watch: MutationObserver;

      constructor(readonly view: EditorView) {
        this.watch = new MutationObserver((changes) => {
          if (
            changes.some((change) => [...change.addedNodes].some((node) => (node as Element).id === "margin"))
          )
            this.later(0);
        });
        const side = document.getElementById("margin")?.parentElement;
        if (side) this.watch.observe(side, { childList: true });
        standIn(this.places());
        this.later(0);
      }

      destroy(): void {
        this.watch.disconnect();
        clearTimeout(this.timer);
      }

      update(update: ViewUpdate): void {
        if (update.docChanged) {
          // Moved along at once, and set right by the positions a moment later.
          this.decorations = this.decorations.map(update.changes);
          this.later(150);
        }
        if (update.geometryChanged) queueMicrotask(arrange);
      }

      later(wait: number): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
          this.stretches = find();
          this.draw();
          this.view.dispatch({});
          arrange();
        }, wait);
      }

      draw(): void {
        const builder = new RangeSetBuilder<Decoration>();
        const length = this.view.state.doc.length;
        for (const { thread, from, to } of this.stretches) {
          if (to > length) continue;
          const name = thread === this.active ? "quoted active" : "quoted";
          builder.add(from, to, Decoration.mark({ class: name, attributes: { "data-words": thread } }));
        }
        this.decorations = builder.finish();
      }

      stretch(thread: string): Stretch | undefined {
        return this.stretches.find((one) => one.thread === thread);
      }

      places(): Places {
        const { view } = this;
        return {
          top: (thread) => {
            const stretch = this.stretch(thread);
            if (!stretch || stretch.from > view.state.doc.length) return undefined;
            return view.documentTop + view.lineBlockAt(stretch.from).top;
          },
          chosen: (): Chosen | undefined => {
            const { from, to } = view.state.selection.main;
            const words = view.state.sliceDoc(from, to);
            if (words.trim() === "" || !view.hasFocus) return undefined;
            const [start, end] = [view.coordsAtPos(from), view.coordsAtPos(to)];
            if (!start || !end) return undefined;
            return {
              words,
              before: view.state.sliceDoc(Math.max(0, from - AROUND), from),
              after: view.state.sliceDoc(to, to + AROUND),
              at: new DOMRect(start.left, start.top, 1, end.bottom - start.top),
            };
          },
          emphasise: (thread) => {
            this.active = thread;
            this.draw();
            queueMicrotask(() => view.dispatch({}));
          },
          reveal: (thread) => {
            const stretch = this.stretch(thread);
            if (stretch) view.dispatch({ selection: { anchor: stretch.from }, scrollIntoView: true });
          },
          settled,
        };
      }
    },
    {
      decorations: (plugin) => plugin.decorations,
      eventHandlers: {
        click(event) {
          const words = (event.target as Element).closest<HTMLElement>("[data-words]");
          if (words?.dataset.words && this.view.state.selection.main.empty) show(words.dataset.words);
        },
      },
    },
  );
}
