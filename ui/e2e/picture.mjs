// Takes the pictures of README.md from the demonstration, light and dark: cargo build -p hardwon && node ui/e2e/picture.mjs
// What it shows is a copy on a server of its own, made for this and thrown away.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = process.env.HARDWON_BINARY ?? join(root, "target/debug/hardwon");
const pictures = join(root, "docs/pictures");
const LARGEST = 200_000;

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const data = mkdtempSync(join(tmpdir(), "hardwon-picture-"));
const listen = `127.0.0.1:${port}`;
const server = spawn(binary, ["demo", "--data", data, "--listen", listen, "--base-url", `http://${listen}`]);
try {
  const link = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (text) => {
      said += text;
      const found = said.match(/http:\S+\/sign-in\/\S+/);
      if (found) resolve(found[0]);
    });
    server.on("exit", (code) => reject(new Error(`the demonstration ended with ${code}`)));
  });
  const browser = await launch();
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  await page.goto(link);
  await page.getByRole("button").first().click();
  await page.waitForLoadState();
  await page.goto(`http://${listen}/reviews/6`);
  mkdirSync(pictures, { recursive: true });
  for (const [name, colorScheme] of [
    ["review", "light"],
    ["review-dark", "dark"],
  ]) {
    await page.emulateMedia({ colorScheme });
    const path = join(pictures, `${name}.png`);
    await page.screenshot({ path });
    const bytes = statSync(path).size;
    console.log(`${path} ${Math.round(bytes / 1000)} kB`);
    if (bytes > LARGEST) throw new Error(`${name}.png is larger than ${LARGEST / 1000} kB`);
  }
  await browser.close();
} finally {
  server.kill("SIGTERM");
  rmSync(data, { recursive: true, force: true });
}
