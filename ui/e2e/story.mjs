// Three people take an imported Kubernetes enhancement from draft through questions, meeting and decision to minutes,
// two at a desk and one on a telephone, against the real binary. Every page on the way is held against axe.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, violations } from "./browser.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = process.env.HARDWON_BINARY ?? join(root, "target/debug/hardwon");
const corpus = process.env.HARDWON_CORPUS ?? join(root, "../shared/corpus");
const folder = mkdtempSync(join(tmpdir(), "hardwon-story-"));
const data = join(folder, "data");

// Where there is no corpus, an enhancement of our own in the same form.
const SAMPLE = `# KEP-77: Drain nodes by zone

## Summary

Draining takes nodes in the order of their names.

## Motivation

A zone that is emptied at random leaves quorums behind.

## Design Details

Drain one zone, wait, drain the next.

## Alternatives

Do nothing; drain by rack.

## Unresolved Questions

- How long is the wait between two zones?
`;

let server, browser, base, setUp;
const people = {};

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function enhancement() {
  const texts = join(corpus, "proposals/text/kep");
  const into = join(folder, "keps/77-drain-by-zone");
  mkdirSync(into, { recursive: true });
  if (existsSync(texts)) {
    const real = readdirSync(texts).find((name) => name.endsWith(".md"));
    if (real) return [join(texts, real)];
  }
  writeFileSync(join(into, "README.md"), SAMPLE);
  writeFileSync(
    join(into, "kep.yaml"),
    'title: Drain nodes by zone\nkep-number: 77\nauthors:\n  - "@zoe"\nstatus: provisional\n',
  );
  return [join(folder, "keps")];
}

before(async () => {
  assert.ok(existsSync(binary), `no binary at ${binary}: cargo build -p hardwon`);
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  server = spawn(binary, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--base-url", base]);
  setUp = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (text) => {
      said += text;
      const link = said.match(/http:\S+\/set-up\/\S+/);
      if (link) resolve(link[0]);
    });
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  browser = await launch();
  const desk = { viewport: { width: 1440, height: 900 } };
  const telephone = { viewport: { width: 390, height: 844 }, hasTouch: true };
  for (const [name, options] of [
    ["mara", desk],
    ["ben", desk],
    ["ines", telephone],
  ]) {
    // axe is a script from outside, which the policy rightly refuses.
    const context = await browser.newContext({ ...options, bypassCSP: true });
    people[name] = await context.newPage();
  }
});

after(async () => {
  await browser?.close();
  server?.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

async function holds(page) {
  assert.deepEqual(await violations(page), [], `axe on ${page.url()}`);
  const { wide, room } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= room + 1, `${page.url()} scrolls sideways: ${wide} in ${room}`);
}

async function go(page, path) {
  const answer = await page.goto(base + path);
  assert.equal(answer.status(), 200, path);
  return page;
}

async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).first().click();
  await page.waitForLoadState();
}

test("the first person founds the organisation, two more join by invitation", async () => {
  const { mara, ben, ines } = people;
  await mara.goto(setUp);
  await holds(mara);
  await mara.getByLabel("What is your organisation called?").fill("Loomcraft");
  await mara.getByLabel("Your name").fill("Mara Lindqvist");
  await mara.getByLabel("Your e-mail address").fill("mara@loomcraft.example");
  await mara.getByLabel("A password").fill("a loom has many threads");
  await press(mara, "Create the organisation");
  await holds(mara);
  for (const [page, name] of [
    [ben, "Ben Osei"],
    [ines, "Inés Ortega"],
  ]) {
    await go(mara, "/invitations/new");
    await press(mara, "Make the link");
    const link = await mara.locator(".copyable input").inputValue();
    await page.goto(link);
    await holds(page);
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Your e-mail address").fill(`${name[0].toLowerCase()}@loomcraft.example`);
    await page.getByLabel("A password").fill("a loom has many threads");
    await press(page, "Join");
    await go(page, "/");
    await holds(page);
  }
});

test("an imported enhancement goes back to draft, gets its people, and is circulated", async () => {
  const { mara, ines } = people;
  const report = JSON.parse(
    execFileSync(binary, ["import", "proposals", ...enhancement(), "--json", "--data", data], {
      encoding: "utf8",
    }),
  );
  assert.equal(report.imported, 1, JSON.stringify(report.refused));
  await go(mara, "/reviews/1");
  await holds(mara);
  if ((await mara.locator(".review-head .state").first().textContent()).trim() !== "Draft") {
    await go(mara, "/reviews/1/steps/new");
    await mara.getByLabel("Draft", { exact: false }).first().check();
    await mara.getByLabel("Why").fill("Here it begins anew.");
    await press(mara, "Move it");
  }
  for (const [name, role] of [
    ["ben-osei", "presenter"],
    ["mara-lindqvist", "facilitator"],
    ["ines-ortega", "stakeholder"],
  ]) {
    await go(mara, "/reviews/1/people");
    await mara.getByLabel("Person or team").fill(name);
    await mara.getByLabel("Role").selectOption(role);
    await mara.getByLabel("Role").press("Enter");
    await mara.locator("form:has(#who) button").click();
    await mara.waitForLoadState();
  }
  await holds(mara);
  await go(mara, "/reviews/1/circulation/new");
  await holds(mara);
  await press(mara, "Circulate");
  await mara.getByText("Circulating").first().waitFor();
  // The inbox follows within a moment.
  await assert.doesNotReject(async () => {
    for (let tries = 0; tries < 20; tries += 1) {
      await go(ines, "/inbox");
      if (await ines.getByText("asks for comments on").count()) return;
      await ines.waitForTimeout(250);
    }
    throw new Error("nothing is in the inbox");
  });
  await holds(ines);
});

test("questions are asked and voted on, and a thread is started from the telephone", async () => {
  const { mara, ben, ines } = people;
  await go(ines, "/reviews/1/questions");
  await ines.getByLabel("Your question").fill("What happens to a budget that two teams share?");
  await press(ines, "Ask");
  await ines.getByText("What happens to a budget that two teams share?").first().waitFor();
  await holds(ines);
  await go(ben, "/reviews/1/questions");
  await ben
    .getByRole("button", { name: "For: What happens to a budget that two teams share?" })
    .first()
    .click();
  await ben.waitForLoadState();
  await holds(ben);
  await go(ines, "/reviews/1/discussion");
  await ines
    .getByLabel("Comment", { exact: true })
    .fill("Have we *measured* how often this happens? @ben-osei");
  await press(ines, "Start the thread");
  await ines.getByText("how often this happens").first().waitFor();
  await holds(ines);
  await go(mara, "/reviews/1/records");
  await holds(mara);
});

test("they meet: the room is live, notes are everybody's", async () => {
  const { mara, ben, ines } = people;
  await go(mara, "/reviews/1/meeting/new");
  await holds(mara);
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await mara.getByLabel("Day").fill(day);
  await mara.getByLabel("Begins").fill("14:00");
  // The first press shows everybody's local time, the second sends the invitation.
  for (let presses = 0; presses < 3 && !mara.url().endsWith("/meeting"); presses += 1) {
    await mara.locator("form#schedule .form-actions button.primary").click();
    await mara.waitForLoadState();
    await mara.waitForTimeout(500);
  }
  assert.ok(mara.url().endsWith("/meeting"), mara.url());
  await go(ines, "/reviews/1/meeting");
  await holds(ines);
  await go(ben, "/reviews/1/meeting");
  await mara.locator("#room-head form button.primary").click();
  // Whoever looks at the room sees it begin.
  await ines.locator("#room-head .clock").waitFor({ timeout: 10_000 });
  await mara.locator("#room-head form button.primary").click();
  await ben.locator("#notes-text").fill("Ben: the budget belongs to the team that owns the zone.");
  await ben.getByText("Saved", { exact: true }).first().waitFor({ timeout: 10_000 });
  await mara.waitForFunction(
    () => document.querySelector("#notes-text").value.includes("owns the zone"),
    null,
    {
      timeout: 10_000,
    },
  );
  await holds(mara);
  await holds(ines);
});

test("the decision is recorded, and the minutes are sent", async () => {
  const { mara, ben, ines } = people;
  await go(mara, "/reviews/1/decision/new");
  await holds(mara);
  await mara.getByLabel("Go ahead").check();
  await mara.locator("#reason").fill("The costs are known, and the alternative was tried.");
  await press(mara, "Record the decision");
  await go(mara, "/reviews/1/outcome");
  await mara.getByText("The costs are known").first().waitFor();
  await holds(mara);
  await go(ines, "/reviews/1/outcome");
  await holds(ines);
  await go(mara, "/reviews/1/minutes");
  await holds(mara);
  await mara.getByText("owns the zone").first().waitFor();
  await press(mara, "Send the minutes");
  await mara.getByRole("button", { name: "Send them" }).click();
  await mara.waitForLoadState();
  await go(ben, "/reviews/1/minutes");
  await ben.getByText("The costs are known").first().waitFor();
  await go(ben, "/search?q=budget");
  await holds(ben);
});
