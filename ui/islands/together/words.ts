/** Words as a reader counts them: marks and addresses are none. */
export function count(markdown: string): number {
  const words = markdown
    .replace(/\]\([^)\s]*(?:\s+"[^"]*")?\)/g, "] ")
    .replace(/^\s*[-*+]\s+\[[ xX]\]/gm, " ")
    .replace(/<[^>\n]*>/g, " ")
    .match(/[\p{L}\p{N}][^\s|]*/gu);
  return words?.length ?? 0;
}
