// Two people write one document in two browsers: what one types the other sees, with their cursor; what is typed offline is
// kept and merges; the mark says what is true.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, violations } from "./browser.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = process.env.HARDWON_BINARY ?? join(root, "target/debug/hardwon");
const where = mkdtempSync(join(tmpdir(), "hardwon-together-"));
const data = join(where, "data");
let address;
let server;
let browser;
let mara;
let ben;
let number;

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function serve(port) {
  server = spawn(binary, ["demo", "--data", data, "--listen", `127.0.0.1:${port}`], { stdio: "ignore" });
  for (let left = 300; left > 0; left -= 1) {
    const answer = await fetch(`${address}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server does not start");
}

async function person(who) {
  const said = execFileSync(binary, ["link", who, "--data", data, "--base-url", address], {
    encoding: "utf8",
  });
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(said.match(/http\S+/)[0]);
  await page.getByRole("main").getByRole("button").click();
  await page.waitForURL(`${address}/`);
  return page;
}

const editor = (page) => page.locator(".cm-content");
// The form's field follows the editor; what stands in it has no names of others in between.
const text = (page) => page.locator("#text").evaluate((area) => area.value);
async function same() {
  for (let left = 50; left > 0 && (await text(mara)) !== (await text(ben)); left -= 1)
    await mara.waitForTimeout(100);
  assert.equal(await text(mara), await text(ben));
}
const mark = (page, words) => page.locator("#together-mark", { hasText: words }).waitFor();

before(async () => {
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  await serve(port);
  browser = await launch();
  mara = await person("mara-lindqvist");
  await mara.goto(`${address}/reviews/new`);
  await mara.getByLabel("Title").fill("Kiln schedule");
  await mara.getByLabel("Proposal", { exact: true }).fill("# Problem\n\nThe kiln is full.\n");
  await mara.getByRole("button", { name: "Start the draft" }).click();
  await mara.waitForURL(/reviews\/\d+$/);
  number = Number(mara.url().split("/").pop());
  await mara.goto(`${address}/reviews/${number}/people`);
  await mara.getByLabel("Person or team").fill("Tomasz Zieliński");
  await mara.getByLabel("Role").selectOption({ label: "Presenter" });
  await mara.getByRole("button", { name: "Add", exact: true }).click();
  await mara.getByRole("listitem").filter({ hasText: "Tomasz" }).first().waitFor();
});

after(async () => {
  await browser?.close();
  server?.kill("SIGKILL");
  rmSync(where, { recursive: true, force: true });
});

test("two people type at once and see each other", async () => {
  ben = await person("tomasz-zielinski");
  for (const page of [mara, ben]) {
    await page.goto(`${address}/reviews/${number}/edit`);
    await editor(page).waitFor();
  }
  await editor(mara).click();
  await mara.keyboard.press("Control+End");
  await editor(ben).click();
  await ben.keyboard.press("Control+Home");
  await Promise.all([
    mara.keyboard.type("Mara at the end.", { delay: 10 }),
    ben.keyboard.type("Ben at the start. ", { delay: 10 }),
  ]);
  for (const page of [mara, ben]) {
    await page.locator(".cm-content", { hasText: "Mara at the end." }).waitFor();
    await page.locator(".cm-content", { hasText: "Ben at the start." }).waitFor();
    await mark(page, "Saved");
  }
  await same();
  await mara.locator(".caret-name", { hasText: "Tomasz" }).waitFor();
  await mara.locator("#together-here", { hasText: "Tomasz" }).waitFor();
  assert.deepEqual(await violations(mara), []);
});

test("what is typed offline is kept and merges", async () => {
  await ben.context().setOffline(true);
  await mark(ben, "Offline");
  await editor(ben).click();
  await ben.keyboard.type("Offline words. ");
  await mark(ben, "kept here");
  await editor(mara).click();
  await mara.keyboard.press("Control+End");
  await mara.keyboard.type(" Meanwhile.");
  await ben.context().setOffline(false);
  for (const page of [mara, ben]) {
    await page.locator(".cm-content", { hasText: "Offline words." }).waitFor();
    await page.locator(".cm-content", { hasText: "Meanwhile." }).waitFor();
    await mark(page, "Saved");
  }
  await same();
});

test("a server that is killed loses nothing that was saved, and what was not comes again", async () => {
  await editor(mara).click();
  await mara.keyboard.press("Control+End");
  await mara.keyboard.type(" Before the end.");
  await mark(mara, "Saved");
  server.kill("SIGKILL");
  await mark(mara, "Offline");
  await mara.keyboard.type(" While it was away.");
  await serve(Number(new URL(address).port));
  await mark(mara, "Saved");
  for (const page of [mara, ben]) {
    await page.locator(".cm-content", { hasText: "While it was away." }).waitFor();
    await page.locator(".cm-content", { hasText: "Before the end." }).waitFor();
  }
  await mara.getByRole("button", { name: "Save" }).last().click();
  await mara.waitForURL(`${address}/reviews/${number}`);
  await mara.locator("article", { hasText: "While it was away." }).waitFor();
});
