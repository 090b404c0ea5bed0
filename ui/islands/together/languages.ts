// Languages of fenced code. Each is a file of its own, loaded when a block of that language is on the screen.
import {
  LanguageDescription,
  LanguageSupport,
  StreamLanguage,
  type StreamParser,
} from "@codemirror/language";

type Load = () => Promise<LanguageSupport>;

const simple = (parser: StreamParser<unknown>) => new LanguageSupport(StreamLanguage.define(parser));
const javascript = (config?: { jsx?: boolean; typescript?: boolean }) => async () =>
  (await import("@codemirror/lang-javascript")).javascript(config);

const LANGUAGES: [name: string, alias: string[], load: Load][] = [
  ["javascript", ["js", "jsx", "mjs"], javascript({ jsx: true })],
  ["typescript", ["ts", "tsx"], javascript({ typescript: true, jsx: true })],
  ["json", ["jsonc", "json5"], async () => (await import("@codemirror/lang-json")).json()],
  ["yaml", ["yml"], async () => (await import("@codemirror/lang-yaml")).yaml()],
  ["sql", ["postgresql", "sqlite", "mysql"], async () => (await import("@codemirror/lang-sql")).sql()],
  ["python", ["py"], async () => (await import("@codemirror/lang-python")).python()],
  ["rust", ["rs"], async () => (await import("@codemirror/lang-rust")).rust()],
  ["go", ["golang"], async () => (await import("@codemirror/lang-go")).go()],
  ["java", ["kotlin", "kt"], async () => (await import("@codemirror/lang-java")).java()],
  ["c++", ["cpp", "c", "h", "hpp"], async () => (await import("@codemirror/lang-cpp")).cpp()],
  ["html", ["xml", "svg"], async () => (await import("@codemirror/lang-html")).html()],
  ["css", [], async () => (await import("@codemirror/lang-css")).css()],
  [
    "shell",
    ["sh", "bash", "zsh"],
    async () => simple((await import("@codemirror/legacy-modes/mode/shell")).shell),
  ],
  ["ruby", ["rb"], async () => simple((await import("@codemirror/legacy-modes/mode/ruby")).ruby)],
  ["toml", [], async () => simple((await import("@codemirror/legacy-modes/mode/toml")).toml)],
  [
    "dockerfile",
    ["docker"],
    async () => simple((await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile),
  ],
];

export const languages = LANGUAGES.map(([name, alias, load]) =>
  LanguageDescription.of({ name, alias, load }),
);
