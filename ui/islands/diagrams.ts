// code.language-mermaid in a rendered text: drawn as a picture, with its source folded below. The picture is an <img>, in which
// no script runs and whose styles are its own, so that the page's content security policy stays as strict as it is.
import mermaid from "mermaid";
import { adopt } from "./adopt.ts";

const dark = matchMedia("(prefers-color-scheme: dark)");
/** The reading view is rendered anew with every pause of the writer; a diagram that stayed the same is not. */
const drawn = new Map<string, string>();
const MOST_DRAWN = 50;
const MOST_SOURCE = 20_000;
let number = 0;
/** Mermaid draws one at a time. */
let before: Promise<void> = Promise.resolve();

export function diagram(code: HTMLElement): Promise<void> {
  before = before.then(() => draw(code)).catch(() => undefined);
  return before;
}

async function draw(code: HTMLElement): Promise<void> {
  const block = code.parentElement;
  const source = code.textContent ?? "";
  if (!block?.isConnected || source.trim() === "") return;
  const figure = document.createElement("figure");
  figure.className = "diagram";
  const image = document.createElement("img");
  image.alt = `Diagram: ${source.trim().split("\n")[0]}; its source is below`;
  try {
    image.src = await picture(source);
  } catch (error) {
    const note = document.createElement("p");
    note.className = "small muted";
    note.textContent = `This diagram cannot be drawn: ${String(error instanceof Error ? error.message : error).split("\n")[0]}`;
    block.after(note);
    return;
  }
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.className = "small muted";
  summary.textContent = "Source of the diagram";
  block.replaceWith(figure);
  details.append(summary, block);
  figure.append(image, details);
  dark.addEventListener("change", async () => {
    if (image.isConnected) image.src = await picture(source);
  });
}

/** The address of the picture, which holds all of it. */
async function picture(source: string): Promise<string> {
  if (source.length > MOST_SOURCE) throw new Error("it is too long");
  const key = `${dark.matches} ${source}`;
  const known = drawn.get(key);
  if (known) return known;
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    theme: dark.matches ? "dark" : "neutral",
    // Labels of HTML would be empty in a picture; and what is measured on the page is what the picture shows.
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily: getComputedStyle(document.body).fontFamily,
    suppressErrorRendering: true,
    // What the text of a diagram may not say of itself.
    secure: [
      "secure",
      "securityLevel",
      "startOnLoad",
      "maxTextSize",
      "maxEdges",
      "suppressErrorRendering",
      "themeCSS",
      "fontFamily",
      "altFontFamily",
      "htmlLabels",
    ],
  });
  await mermaid.parse(source);
  number += 1;
  // It is drawn on the page first, where its words are measured; for that it wears its styles.
  const done = adopt(document.body);
  const svg = await mermaid
    .render(`diagram-${number}`, source)
    .then(({ svg }) => svg)
    .finally(done);
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sized(svg))}`;
  if (drawn.size >= MOST_DRAWN) drawn.clear();
  drawn.set(key, address);
  return address;
}

/** A picture has a size of its own; Mermaid gives that of its view box. */
function sized(svg: string): string {
  const page = new DOMParser().parseFromString(svg, "text/html");
  const root = page.querySelector("svg");
  const box = root?.getAttribute("viewBox")?.split(/[\s,]+/);
  if (!root || !box) throw new Error("nothing was drawn");
  root.setAttribute("width", String(Math.ceil(Number(box[2]))));
  root.setAttribute("height", String(Math.ceil(Number(box[3]))));
  return new XMLSerializer().serializeToString(root);
}
