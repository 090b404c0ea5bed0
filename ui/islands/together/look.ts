// CodeMirror's own styles stand in no layer and so win over our sheets: where the two meet, it is said to CodeMirror here.
// Everything else is in together.css.
import { EditorView } from "@codemirror/view";

const SELECTION =
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground";
const SIDES = "clamp(var(--s4), 4vw, var(--s10))";
const CONTROL = {
  margin: "0",
  minHeight: "1.875rem",
  padding: "0 var(--s2)",
  fontSize: "inherit",
  fontFamily: "inherit",
  border: "1px solid var(--line-strong)",
  borderRadius: "var(--radius)",
  background: "var(--surface)",
  color: "var(--text)",
};
const inset = (em: number) => ({ paddingLeft: `${em}em`, textIndent: `-${em}em` });

export const look = [
  EditorView.editorAttributes.of({ class: "together" }),
  EditorView.theme({
    "&": { background: "var(--surface)" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "inherit", fontSize: "1rem", lineHeight: "1.6", overflow: "visible" },
    ".cm-content": {
      boxSizing: "border-box",
      minHeight: "60vh",
      maxWidth: `calc(var(--measure) + 2 * ${SIDES})`,
      margin: "0 auto",
      padding: `clamp(var(--s5), 4vw, var(--s8)) ${SIDES} var(--s12)`,
      caretColor: "var(--text)",
    },
    ".cm-line": { padding: "0" },
    ".cm-line:is(.md-h1, .md-h2, .md-h3, .md-h4)": { paddingTop: "0.4em", paddingBottom: "0.1em" },
    ".cm-line.md-quote": { paddingLeft: "var(--s4)" },
    ".cm-line.md-item.md-in-0": inset(1.4),
    ".cm-line.md-item.md-in-1": inset(2.6),
    ".cm-line.md-item.md-in-2": inset(3.8),
    ".cm-line.md-item:is(.md-in-3, .md-in-4, .md-in-5)": inset(5),
    ".cm-line.md-code": { padding: "0 var(--s3)" },
    ".cm-cursor": { borderLeftColor: "var(--text)", borderLeftWidth: "2px" },
    [SELECTION]: { background: "var(--accent-line)" },
    ".cm-panels": { background: "var(--sunken)", color: "var(--text)" },
    ".cm-panels-top": {
      position: "sticky",
      top: "6.25rem",
      zIndex: "5",
      borderBottom: "1px solid var(--line)",
    },
    ".cm-panel.cm-search": {
      display: "flex",
      flexWrap: "wrap",
      alignItems: "center",
      gap: "var(--s1) var(--s2)",
      padding: "var(--s2) var(--s10) var(--s2) var(--s3)",
      fontSize: "var(--sm)",
      "& br": { flexBasis: "100%", content: "''" },
      "& label": {
        display: "inline-flex",
        alignItems: "center",
        gap: "var(--s1)",
        margin: "0",
        fontSize: "inherit",
      },
      "& input[type=checkbox]": { margin: "0" },
      "& .cm-textfield": { ...CONTROL, flex: "1 1 9rem", maxWidth: "16rem" },
      "& .cm-button": { ...CONTROL, backgroundImage: "none", borderColor: "var(--line)", cursor: "pointer" },
      "& .cm-button:hover": { background: "var(--hover)" },
      "& [name=close]": {
        top: "var(--s2)",
        right: "var(--s2)",
        width: "1.875rem",
        height: "1.875rem",
        fontSize: "var(--lg)",
        color: "var(--muted)",
        cursor: "pointer",
      },
    },
    ".cm-searchMatch": { background: "var(--mark)" },
    ".cm-searchMatch-selected": { background: "var(--mark)", outline: "2px solid var(--accent)" },
    ".cm-selectionMatch": { background: "var(--mark)" },
    ".cm-tooltip": {
      border: "1px solid var(--line)",
      borderRadius: "var(--radius)",
      background: "var(--surface)",
      boxShadow: "var(--lift)",
      overflow: "hidden",
    },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": {
      fontFamily: "inherit",
      fontSize: "var(--sm)",
      maxHeight: "18rem",
      "& > li": { padding: "var(--s1) var(--s3)", lineHeight: "1.5" },
      "& > li[aria-selected]": { background: "var(--accent)", color: "var(--on-accent)" },
    },
    ".cm-completionDetail": { fontStyle: "normal", opacity: "0.8", marginLeft: "var(--s3)" },
    "@media (max-width: 52rem)": { ".cm-panels-top": { top: "2.75rem" } },
  }),
];
