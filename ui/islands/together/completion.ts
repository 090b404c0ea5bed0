// Names while they are typed: people and teams after @, reviews and learnings after #, and at the start of a line / for
// templates and tables. The server says who and what there is, and never more than one may see.
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorView } from "@codemirror/view";
import { block, TABLE } from "./commands.ts";

type Candidate = { kind: string; label: string; detail: string; insert: string };

/** What the server is asked for after each sign; another kind of thing is one more line here. */
const SIGNS: [sign: RegExp, of: string][] = [
  [/(?:^|[\s(])@[\p{L}\p{N}-]*$/u, "people"],
  [/(?:^|[\s(])#[\p{L}\p{N}-]*$/u, "reviews"],
];
const PAUSE = 120;

const SNIPPETS: [string, string, string][] = [
  ["Table", "two columns", TABLE],
  ["Task list", "", "- [ ] Task\n"],
  ["Code", "", "```\ncode\n```\n"],
  ["Diagram", "Mermaid", "```mermaid\nflowchart LR\n  A --> B\n```\n"],
  ["Details", "folded", "<details><summary>Summary</summary>\n\nMore.\n\n</details>\n"],
];

async function ask(of: string, typed: string, context: CompletionContext): Promise<Candidate[] | null> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (context.aborted) return null;
  try {
    const answer = await fetch(`/complete?of=${of}&q=${encodeURIComponent(typed)}`);
    if (!answer.ok) return null;
    return ((await answer.json()) as { items: Candidate[] }).items;
  } catch {
    // No connection: what is typed stays as it is.
    return null;
  }
}

/** Code names nobody. */
function isCode(context: CompletionContext): boolean {
  for (let node = syntaxTree(context.state).resolveInner(context.pos, -1); node.parent; node = node.parent) {
    if (/Code/.test(node.name)) return true;
  }
  return false;
}

const names =
  (sign: RegExp, of: string): CompletionSource =>
  async (context) => {
    const found = context.matchBefore(sign);
    if (!found || isCode(context)) return null;
    const typed = found.text.replace(/^[^@#]*./, "");
    const from = context.pos - typed.length - 1;
    // A heading begins with the same sign.
    if (of === "reviews" && typed === "" && from === context.state.doc.lineAt(from).from) return null;
    const candidates = await ask(of, typed, context);
    return candidates && offered(from, candidates);
  };

function offered(from: number, candidates: Candidate[]): CompletionResult {
  return {
    from,
    filter: false,
    options: candidates.map(
      ({ kind, label, detail, insert }): Completion => ({ label, detail, type: kind, apply: `${insert} ` }),
    ),
  };
}

const pieces: CompletionSource = async (context) => {
  const line = context.state.doc.lineAt(context.pos);
  const typed = /^\/([\p{L}\p{N} ]*)$/u.exec(context.state.sliceDoc(line.from, context.pos))?.[1];
  if (typed === undefined || isCode(context)) return null;
  const apply = (text: string) => (view: EditorView, _: Completion, from: number, to: number) => {
    view.dispatch({ changes: { from, to } });
    view.dispatch({ ...block(text)(view.state), userEvent: "input.complete" });
  };
  const own = SNIPPETS.filter(([label]) => label.toLowerCase().includes(typed.toLowerCase())).map(
    ([label, detail, text]): Completion => ({ label, detail, type: "snippet", apply: apply(text) }),
  );
  const kept = (await ask("templates", typed, context)) ?? [];
  const templates = kept.map(
    ({ label, detail, insert }): Completion => ({ label, detail, type: "template", apply: apply(insert) }),
  );
  return { from: line.from, filter: false, options: [...own, ...templates] };
};

export function completion() {
  return autocompletion({
    override: [...SIGNS.map(([sign, of]) => names(sign, of)), pieces],
    icons: false,
    // With a button of the toolbar or Tab nothing is accepted by accident.
    defaultKeymap: true,
    selectOnOpen: true,
  });
}
