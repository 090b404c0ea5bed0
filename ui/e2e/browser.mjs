// The browser of the tests: Debian's Chromium, or the one that CHROMIUM names.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const program = process.env.CHROMIUM ?? "/usr/bin/chromium";

export function launch() {
  if (!existsSync(program)) {
    throw new Error(`no Chromium at ${program}: apt-get install chromium, or set CHROMIUM`);
  }
  return chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds on the page, one line each. It is brought by the debugger, for the policy allows no foreign script. */
export async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules }), RULES);
  // Which levels of heading somebody else's document skips is their business: a text is shown as it was written.
  for (const violation of found.violations.filter(({ id }) => id === "heading-order")) {
    const own = await page.evaluate(
      (targets) => targets.filter((target) => !document.querySelector(target)?.closest(".prose")),
      violation.nodes.map((node) => node.target[0]),
    );
    violation.nodes = violation.nodes.filter((node) => own.includes(node.target[0]));
  }
  found.violations = found.violations.filter(({ nodes }) => nodes.length > 0);
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`,
  );
}
