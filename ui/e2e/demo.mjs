// The demonstration on a server of the test's own, and people of it in browsers of their own.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = process.env.HARDWON_BINARY ?? join(root, "target/debug/hardwon");

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

export class Demo {
  #where = mkdtempSync(join(tmpdir(), "hardwon-demo-"));
  #data = join(this.#where, "data");
  #server;
  #port;

  static async start() {
    const demo = new Demo();
    demo.#port = await freePort();
    demo.address = `http://127.0.0.1:${demo.#port}`;
    await demo.serve();
    demo.browser = await launch();
    return demo;
  }

  async serve() {
    const listen = `127.0.0.1:${this.#port}`;
    this.#server = spawn(binary, ["demo", "--data", this.#data, "--listen", listen], { stdio: "ignore" });
    for (let left = 300; left > 0; left -= 1) {
      const answer = await fetch(`${this.address}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the server does not start");
  }

  kill() {
    this.#server.kill("SIGKILL");
  }

  async end() {
    await this.browser?.close();
    this.kill();
    rmSync(this.#where, { recursive: true, force: true });
  }

  /** A page of somebody who is signed in. */
  async person(who, options = {}) {
    const said = execFileSync(binary, ["link", who, "--data", this.#data, "--base-url", this.address], {
      encoding: "utf8",
    });
    const context = await this.browser.newContext(options);
    const page = await context.newPage();
    await page.goto(said.match(/http\S+/)[0]);
    await page.getByRole("main").getByRole("button").click();
    await page.waitForURL(`${this.address}/`);
    return page;
  }

  /** Begins a review of this text; gives its number. */
  async review(page, title, text) {
    await page.goto(`${this.address}/reviews/new`);
    await page.getByLabel("Title").fill(title);
    await page.getByLabel("Proposal", { exact: true }).fill(text);
    await page.getByRole("button", { name: "Start the draft" }).click();
    await page.waitForURL(/reviews\/\d+$/);
    return Number(page.url().split("/").pop());
  }

  /** Lets somebody else write in it. */
  async invite(page, number, name) {
    await page.goto(`${this.address}/reviews/${number}/people`);
    await page.getByLabel("Person or team").fill(name);
    await page.getByLabel("Role").selectOption({ label: "Presenter" });
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page
      .getByRole("listitem")
      .filter({ hasText: name.split(" ")[0] })
      .first()
      .waitFor();
  }

  async edit(page, number) {
    await page.goto(`${this.address}/reviews/${number}/edit`);
    await editor(page).waitFor();
  }
}

export const editor = (page) => page.locator(".cm-content");
/** The form's field follows the editor; what stands in it has no names of others in between. */
export const text = (page) => page.locator("#text").evaluate((area) => area.value);
export const mark = (page, words) => page.locator("#together-mark", { hasText: words }).waitFor();

/** Waits until the text is what it should be, for the field follows a moment later. */
export async function reads(page, wanted) {
  const fits = (now) => (typeof wanted === "string" ? now === wanted : wanted.test(now));
  let now = await text(page);
  for (let left = 50; left > 0 && !fits(now); left -= 1) {
    await page.waitForTimeout(100);
    now = await text(page);
  }
  if (!fits(now)) throw new Error(`the text is ${JSON.stringify(now)} and not ${wanted}`);
}
