// Where the threads beside a document stand in it: on the review's page by its marks, in an editor by its text.

/** Words that somebody chose, and where on the screen they end. */
export type Chosen = { words: string; before: string; after: string; at: DOMRect };

export interface Places {
  /** How far down the window the words of a thread stand; undefined while they stand nowhere. */
  top(thread: string): number | undefined;
  chosen(): Chosen | undefined;
  /** Shows which words belong to a thread. */
  emphasise(thread: string | undefined): void;
  /** Brings the words into view. */
  reveal(thread: string): void;
  /** Once everything typed is where the server finds it. */
  settled(): Promise<void>;
}

const AROUND = 160;

const paper = (): HTMLElement | null => document.querySelector(".paper .prose");
const marks = (thread: string) => document.querySelectorAll<HTMLElement>(`mark[data-thread~="${thread}"]`);

/** The review's page. */
export const page: Places = {
  top: (thread) => marks(thread)[0]?.getBoundingClientRect().top,
  chosen() {
    const article = paper();
    const selection = document.getSelection();
    if (!article || !selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
    const range = selection.getRangeAt(0);
    if (!article.contains(range.commonAncestorContainer)) return undefined;
    const words = selection.toString().trim();
    if (words === "") return undefined;
    const around = (set: (other: Range) => void): string => {
      const other = document.createRange();
      other.selectNodeContents(article);
      set(other);
      return other.toString();
    };
    return {
      words,
      before: around((other) => other.setEnd(range.startContainer, range.startOffset)).slice(-AROUND),
      after: around((other) => other.setStart(range.endContainer, range.endOffset)).slice(0, AROUND),
      at: range.getBoundingClientRect(),
    };
  },
  emphasise(thread) {
    for (const mark of document.querySelectorAll("mark.active")) mark.classList.remove("active");
    if (thread) for (const mark of marks(thread)) mark.classList.add("active");
  },
  reveal: (thread) => marks(thread)[0]?.scrollIntoView({ block: "center" }),
  settled: () => Promise.resolve(),
};
