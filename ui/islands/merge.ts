// Two people changed the same text: where their changes do not touch, both are kept (a three-way merge by lines).

function changed(base: string[], text: string[]): { from: number; to: number; lines: string[] } {
  let from = 0;
  while (from < base.length && from < text.length && base[from] === text[from]) from++;
  let end = 0;
  while (end < base.length - from && end < text.length - from && base.at(-1 - end) === text.at(-1 - end))
    end++;
  return { from, to: base.length - end, lines: text.slice(from, text.length - end) };
}

/** The united text, or null where both changed the same place. */
export function merge(base: string, mine: string, theirs: string): string | null {
  if (mine === theirs || base === theirs) return mine;
  if (base === mine) return theirs;
  const lines = base.split("\n");
  const [a, b] = [changed(lines, mine.split("\n")), changed(lines, theirs.split("\n"))];
  const [first, second] = a.from <= b.from ? [a, b] : [b, a];
  if (first.to > second.from) return null;
  // Both added at the same place, such as at the end of the notes: theirs was there first.
  const joined =
    first.from === second.from
      ? [...b.lines, ...a.lines]
      : [...first.lines, ...lines.slice(first.to, second.from), ...second.lines];
  return [...lines.slice(0, first.from), ...joined, ...lines.slice(second.to)].join("\n");
}
