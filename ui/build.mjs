// Builds what the binary embeds: ui/dist/<name>-<hash>.{css,js,svg} and manifest.json, which maps
// plain names to hashed ones so that the server can serve everything as immutable. A file that stays as it is is not
// written again, or the binary around it would be built anew each time.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { context, build as once } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const watching = process.argv.includes("--watch");

// Icons are named by a class `i-<name>` in a template, an island or a view; only those are compiled in,
// as masks, so that a partial needs no address of a sprite and the colour is the text's.
function sources(dir, ends) {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && ends.some((end) => entry.name.endsWith(end)))
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8"));
}

function icons() {
  const server = join(here, "../crates/server");
  const text = [
    ...sources(join(server, "templates"), [".html"]),
    ...sources(join(server, "src"), [".rs"]),
    ...sources(join(here, "islands"), [".ts"]),
  ].join("\n");
  const names = new Set(
    [...text.matchAll(/(?:\bi i-|["'`}]i-)([a-z][a-z0-9-]*)(?!\{\{|[-\w])/g)].map((match) => match[1]),
  );
  const rules = [...names].sort().flatMap((name) => {
    let svg;
    try {
      svg = readFileSync(join(here, `node_modules/lucide-static/icons/${name}.svg`), "utf8");
    } catch {
      throw new Error(`no Lucide icon is called "${name}" (used as i-${name})`);
    }
    const inner = svg
      .replace(/<!--.*?-->/gs, "")
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace("</svg>", "")
      .replace(/\s*\n\s*/g, "")
      .replace(/\s+\/>/g, "/>")
      .replaceAll('"', "'");
    const whole = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='#000' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'>${inner}</svg>`;
    const url = whole.replace(/[<>#%]/g, (c) => encodeURIComponent(c));
    return [`.i-${name}{--icon:url("data:image/svg+xml,${url}")}`];
  });
  return rules.join("\n");
}

const iconSheet = {
  name: "icons",
  setup(build) {
    build.onResolve({ filter: /icons\.css$/ }, () => ({ path: "icons.css", namespace: "icons" }));
    build.onLoad({ filter: /.*/, namespace: "icons" }, () => ({
      contents: `${readFileSync(join(here, "styles/icon.css"), "utf8")}\n${icons()}`,
      loader: "css",
    }));
  },
};

const output = {
  name: "output",
  setup(build) {
    build.onEnd((result) => {
      if (result.errors.length > 0) return;
      const files = new Map(result.outputFiles.map((file) => [basename(file.path), file.contents]));
      const names = {};
      for (const [path, output] of Object.entries(result.metafile.outputs)) {
        if (!output.entryPoint) continue;
        names[basename(output.entryPoint).replace(/\.ts$/, ".js")] = basename(path);
      }
      for (const name of readdirSync(join(here, "static"))) {
        const bytes = readFileSync(join(here, "static", name));
        const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
        const hashed = name.replace(/(\.[^.]+)$/, `-${hash}$1`);
        files.set(hashed, bytes);
        names[name] = hashed;
      }
      files.set("manifest.json", Buffer.from(`${JSON.stringify(names, null, 2)}\n`));
      for (const name of readdirSync(dist)) {
        if (!files.has(name)) rmSync(join(dist, name), { recursive: true });
      }
      for (const [name, bytes] of files) {
        const path = join(dist, name);
        if (!existsSync(path) || !readFileSync(path).equals(bytes)) writeFileSync(path, bytes);
      }
    });
  },
};

mkdirSync(dist, { recursive: true });
const options = {
  absWorkingDir: here,
  entryPoints: ["styles/app.css", "islands/app.ts"],
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  metafile: true,
  write: false,
  external: ["/assets/*"],
  logLevel: "warning",
  plugins: [iconSheet, output],
};

if (watching) {
  await (await context(options)).watch();
} else {
  await once(options);
  for (const [plain, hashed] of Object.entries(
    JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8")),
  )) {
    const bytes = readFileSync(join(dist, hashed)).length;
    console.log(`${plain.padEnd(12)} ${hashed.padEnd(26)} ${(bytes / 1000).toFixed(1)} kB`);
  }
}
