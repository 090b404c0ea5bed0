// Cursors and selections of the others in the text. Colours are classes: the content security policy has no room for styles
// in attributes.
import { type Extension, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Line } from "./line.ts";

/** How many colours `together.css` has. */
export const COLOURS = 8;
/** Somebody who has not moved for this long fades. */
export const FADES_AFTER = 60_000;

type Cursor = { anchor: unknown; head: unknown };
export type Presence = { user?: { name?: string }; cursor?: Cursor | null; moved?: number };

export function colourOf(client: number): number {
  return client % COLOURS;
}

/** Where somebody's end of the selection stands in the text now. */
export function headOf(line: Line, client: number): number | null {
  const state = line.awareness.getStates().get(client) as Presence | undefined;
  return state?.cursor ? placeOf(line.awareness.doc, state.cursor.head) : null;
}

/** Others send what they like, so a place may be none. */
function placeOf(doc: Y.Doc, place: unknown): number | null {
  try {
    const at = Y.createRelativePositionFromJSON(place);
    const found = Y.createAbsolutePositionFromRelativePosition(at, doc);
    return found && found.type === doc.getText("content") ? found.index : null;
  } catch {
    return null;
  }
}

class Caret extends WidgetType {
  constructor(
    readonly name: string,
    readonly colour: number,
    readonly faded: boolean,
  ) {
    super();
  }

  override eq(other: Caret): boolean {
    return other.name === this.name && other.colour === this.colour && other.faded === this.faded;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `caret person-${this.colour}${this.faded ? " faded" : ""}`;
    caret.setAttribute("aria-hidden", "true");
    const label = document.createElement("span");
    label.className = "caret-name";
    label.textContent = this.name;
    caret.append(label);
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

export function others(text: Y.Text, awareness: Awareness): Extension {
  const doc = text.doc as Y.Doc;
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet = Decoration.none;
      readonly redraw: () => void;
      readonly timer: ReturnType<typeof setInterval>;

      constructor(readonly view: EditorView) {
        this.redraw = () => {
          // Awareness may change in the middle of an update of the view.
          queueMicrotask(() => view.dispatch({}));
        };
        awareness.on("change", this.redraw);
        this.timer = setInterval(this.redraw, FADES_AFTER / 2);
        this.decorations = this.draw();
      }

      destroy(): void {
        awareness.off("change", this.redraw);
        clearInterval(this.timer);
      }

      update(update: ViewUpdate): void {
        if (update.selectionSet || update.focusChanged || update.docChanged) this.tell(update);
        this.decorations = this.draw();
      }

      /** Says where we are, while we are in the text. */
      tell(update: ViewUpdate): void {
        const range = update.state.selection.main;
        const place = (at: number) => Y.createRelativePositionFromTypeIndex(text, at);
        const cursor = update.view.hasFocus ? { anchor: place(range.anchor), head: place(range.head) } : null;
        const state = awareness.getLocalState() as Presence | null;
        if (state === null || JSON.stringify(state.cursor ?? null) === JSON.stringify(cursor)) return;
        awareness.setLocalState({ ...state, cursor, moved: Date.now() });
      }

      draw(): DecorationSet {
        const marks: { from: number; to: number; mark: Decoration }[] = [];
        const length = this.view.state.doc.length;
        for (const [client, state] of awareness.getStates() as Map<number, Presence>) {
          if (client === doc.clientID || !state.cursor) continue;
          const at = (place: unknown) => {
            const index = placeOf(doc, place);
            return index === null ? null : Math.min(index, length);
          };
          const [anchor, head] = [at(state.cursor.anchor), at(state.cursor.head)];
          if (anchor === null || head === null) continue;
          const colour = colourOf(client);
          const faded = Date.now() - Number(state.moved ?? 0) > FADES_AFTER;
          if (anchor !== head) {
            const mark = Decoration.mark({ class: `chosen person-${colour}` });
            marks.push({ from: Math.min(anchor, head), to: Math.max(anchor, head), mark });
          }
          const widget = new Caret(String(state.user?.name ?? "Somebody"), colour, faded);
          marks.push({
            from: head,
            to: head,
            mark: Decoration.widget({ widget, side: head < anchor ? -1 : 1 }),
          });
        }
        marks.sort((a, b) => a.from - b.from || a.mark.startSide - b.mark.startSide);
        const builder = new RangeSetBuilder<Decoration>();
        for (const { from, to, mark } of marks) builder.add(from, to, mark);
        return builder.finish();
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}
