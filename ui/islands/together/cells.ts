// Cells as a table of Markdown.

/** A table, if the text is cells as a spreadsheet copies them: the same number of tabs in every line. */
export function fromTabs(text: string): string | undefined {
  const rows = cellsOf(text.replace(/\r\n?/g, "\n").replace(/\n$/, ""));
  const width = rows[0]?.length ?? 0;
  // Indented code has tabs too, but its first cells are empty.
  if (width < 2 || rows.some((row) => row.length !== width) || rows.every((row) => row[0] === "")) return;
  return table(rows);
}

/** Lines of tabs; a cell in quotation marks may hold both. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/y;
  for (;;) {
    const found = cell.exec(text);
    if (!found) return rows;
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === "\n") rows.push([]);
    else if (found[3] === "") return rows;
  }
}

export function table(rows: string[][]): string {
  const width = Math.max(...rows.map((row) => row.length));
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const lines = rows.map((row) => Array.from({ length: width }, (_, at) => written(row[at] ?? "")));
  const [head = [], ...body] = lines;
  const numbers = head.map((_, at) => body.length > 0 && body.every((row) => isNumber(row[at] ?? "")));
  return [line(head), line(numbers.map((is) => (is ? "---:" : "---"))), ...body.map(line)].join("\n");
}

const isNumber = (cell: string) => /^[-+−]?[\d.,\s]*\d\s?%?$/.test(cell);

function written(cell: string): string {
  return cell
    .trim()
    .replaceAll("|", "\\|")
    .replace(/\s*\n\s*/g, "<br>");
}
