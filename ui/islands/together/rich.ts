// Rich text as Markdown. Loaded with the first paste that needs it. What is pasted is read as an inert document: no script of
// it runs and nothing of it is fetched.
import { gfm } from "@joplin/turndown-plugin-gfm";
import TurndownService from "turndown";

const turndown = new TurndownService({
  headingStyle: "atx",
  hr: "---",
  bulletListMarker: "-",
  codeBlockStyle: "fenced",
  emDelimiter: "_",
});
turndown.use(gfm);
turndown.remove(["script", "style", "title", "meta", "link", "button", "noscript"]);
// Addresses that lead nowhere from here.
turndown.addRule("link", {
  filter: (node) => node.nodeName === "A",
  replacement: (words, node) => {
    const href = (node as HTMLElement).getAttribute("href") ?? "";
    return words.trim() && /^(https?:|mailto:)/i.test(href) ? `[${words.trim()}](${address(href)})` : words;
  },
});
// A picture stays where it is only if everybody can fetch it.
turndown.addRule("picture", {
  filter: "img",
  replacement: (_, node) => {
    const image = node as HTMLImageElement;
    const src = image.getAttribute("src") ?? "";
    return /^https:/i.test(src) ? `![${image.alt.replace(/[[\]\n]/g, " ")}](${address(src)})` : "";
  },
});

/** Brackets and spaces would end an address of Markdown. */
function address(url: string): string {
  return url.replace(/\s/g, "%20").replaceAll("(", "%28").replaceAll(")", "%29");
}

export function toMarkdown(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const element of page.body.querySelectorAll<HTMLElement>("b, strong, span, i, em")) restyle(element);
  for (const table of page.querySelectorAll("table")) head(table);
  return turndown
    .turndown(page.body)
    .replace(/\u00a0/g, " ")
    .replace(/^(\s*)(-|\d+\.)\s{2,}/gm, "$1$2 ")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Word processors say bold and italic by styles, and wrap what is neither in a <b> that says so. */
function restyle(element: HTMLElement): void {
  const style = element.getAttribute("style") ?? "";
  const weight = /font-weight:\s*(\w+)/i.exec(style)?.[1];
  const slant = /font-style:\s*(\w+)/i.exec(style)?.[1];
  const isBold = weight ? weight === "bold" || Number(weight) >= 600 : /^(B|STRONG)$/.test(element.tagName);
  const isItalic = slant ? slant === "italic" : /^(I|EM)$/.test(element.tagName);
  let inside: Node[] = [...element.childNodes];
  for (const tag of [isItalic && "em", isBold && "strong"]) {
    if (!tag) continue;
    const wrap = element.ownerDocument.createElement(tag);
    wrap.append(...inside);
    inside = [wrap];
  }
  element.replaceWith(...inside);
}

/** A table of Markdown has a head, and its cells are lines: the first row becomes it. */
function head(table: HTMLTableElement): void {
  for (const cell of table.querySelectorAll("td, th")) {
    for (const block of cell.querySelectorAll("p, div")) block.replaceWith(...block.childNodes, " ");
  }
  const first = table.rows[0];
  if (!first || table.tHead) return;
  for (const cell of [...first.cells]) {
    if (cell.tagName === "TH") continue;
    const made = table.ownerDocument.createElement("th");
    made.append(...cell.childNodes);
    cell.replaceWith(made);
  }
  table.createTHead().append(first);
}
