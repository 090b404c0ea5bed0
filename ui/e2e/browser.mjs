// The browser of the tests: Debian's Chromium, or the one that CHROMIUM names.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const program = process.env.CHROMIUM ?? "/usr/bin/chromium";

export function launch() {
  if (!existsSync(program)) {
    throw new Error(`no Chromium at ${program}: apt-get install chromium, or set CHROMIUM`);
  }
  return chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
}

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds on the page, one line each. Open the context with `bypassCSP`: the policy allows no foreign script. */
export async function violations(page) {
  await page.addScriptTag({ path: AXE });
  const found = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules }), RULES);
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`,
  );
}
