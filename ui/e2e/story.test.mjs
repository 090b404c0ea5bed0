// Three people take an imported Kubernetes enhancement from draft through questions, meeting and decision to minutes,
// against the real binary: once at desks, once on telephones. Every page on the way is held against axe, light and dark,
// and may not scroll sideways.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, violations } from "./browser.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = process.env.HARDWON_BINARY ?? join(root, "target/debug/hardwon");
const corpus = process.env.HARDWON_CORPUS ?? join(root, "../shared/corpus");

// Where there is no corpus, an enhancement of our own in the same form.
const SAMPLE = `# KEP-77: Drain nodes by zone

## Summary

Draining takes nodes in the order of their names.

## Motivation

A zone that is emptied at random leaves quorums behind.

### Goals

- A quorum never loses two members to one drain.

## Design Details

Drain one zone, wait, drain the next.

| zone | nodes | wait |
| ---- | ----- | ---- |
| a    | 40    | 5 m  |
| b    | 38    | 5 m  |

## Drawbacks

A drain takes three times as long.

## Alternatives

Do nothing; drain by rack.

## Unresolved Questions

- How long is the wait between two zones?
`;
const SAMPLE_YAML =
  'title: Drain nodes by zone\nkep-number: 77\nauthors:\n  - "@zoe"\nowning-sig: sig-node\nstatus: implementable\n';

/** An enhancement in its own folder, as that repository keeps them: a real one where the corpus is there. */
function enhancement(into) {
  const real = join(corpus, "proposals/text/kep/24");
  const own = join(into, "keps/sig-node/24-enhancement");
  mkdirSync(own, { recursive: true });
  if (existsSync(`${real}.md`)) {
    copyFileSync(`${real}.md`, join(own, "README.md"));
    copyFileSync(`${real}.kep.yaml`, join(own, "kep.yaml"));
  } else {
    writeFileSync(join(own, "README.md"), SAMPLE);
    writeFileSync(join(own, "kep.yaml"), SAMPLE_YAML);
  }
  return join(into, "keps");
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The server on an empty folder, with the link that it prints for the first person. */
async function serve(data) {
  assert.ok(existsSync(binary), `no binary at ${binary}: cargo build -p hardwon`);
  const listen = `127.0.0.1:${await freePort()}`;
  const base = `http://${listen}`;
  const program = spawn(binary, ["serve", "--data", data, "--listen", listen, "--base-url", base], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const setUp = await new Promise((resolve, reject) => {
    let said = "";
    program.stdout.on("data", (text) => {
      said += text;
      const link = said.match(/http:\S+\/set-up\/\S+/);
      if (link) resolve(link[0]);
    });
    program.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { program, base, setUp };
}

/** axe finds nothing on the page, light or dark, and it fits the width of its screen. */
async function holds(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    assert.deepEqual(await violations(page), [], `axe, ${colorScheme}, on ${page.url()}`);
  }
  const { wide, room } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= room + 1, `${page.url()} scrolls sideways: ${wide} in ${room}`);
}

async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).first().click();
  await page.waitForLoadState();
}

/** Presses a button that asks first, and says yes. */
async function insist(page, name, yes) {
  await page.getByRole("button", { name, exact: true }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: yes, exact: true }).click();
  await page.waitForLoadState();
}

const ASKED = "Who notices first when a default changes under a workload?";
const sizes = {
  "at desks": { viewport: { width: 1440, height: 900 } },
  "on telephones": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

for (const [where, options] of Object.entries(sizes)) {
  describe(`three people ${where}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "hardwon-story-"));
    const data = join(folder, "data");
    let server, browser, mara, ben, ines;

    before(async () => {
      server = await serve(data);
      browser = await launch();
      const person = async (timezoneId) => {
        // axe is a script from outside, which the policy rightly refuses.
        const context = await browser.newContext({
          ...options,
          locale: "en-GB",
          timezoneId,
        });
        const page = await context.newPage();
        page.on("pageerror", (error) => assert.fail(`${page.url()}: ${error.message}`));
        return page;
      };
      mara = await person("Europe/London");
      ben = await person("Africa/Accra");
      ines = await person("Asia/Tokyo");
    });

    after(async () => {
      await browser?.close();
      server?.program.kill("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    });

    /** Opens a page, and holds it against axe. */
    async function visit(page, path) {
      const answer = await page.goto(server.base + path);
      assert.equal(answer.status(), 200, path);
      await holds(page);
    }

    test("one founds the organisation, two join by invitation", async () => {
      await mara.goto(server.setUp);
      await holds(mara);
      await mara.getByLabel("What is your organisation called?").fill("Loomcraft");
      await mara.getByLabel("Your name").fill("Mara Lindqvist");
      await mara.getByLabel("Your e-mail address").fill("mara@loomcraft.example");
      await mara.getByLabel("A password").fill("a loom has many threads");
      await press(mara, "Create the organisation");
      await holds(mara);
      await visit(mara, "/");
      for (const [page, name, zone] of [
        [ben, "Ben Osei", "Africa/Accra"],
        [ines, "Inés Ortega", "Asia/Tokyo"],
      ]) {
        await visit(mara, "/invitations/new");
        await press(mara, "Make the link");
        await holds(mara);
        await page.goto(await mara.locator(".copyable input").inputValue());
        await holds(page);
        await page.getByLabel("Your name").fill(name);
        await page.getByLabel("Your e-mail address").fill(`${name[0].toLowerCase()}@loomcraft.example`);
        await page.getByLabel("A password").fill("a loom has many threads");
        await press(page, "Join");
        await holds(page);
        await visit(page, "/settings");
        await page.getByLabel("Time zone").selectOption(zone);
        await press(page, "Save");
        await visit(page, "/");
      }
    });

    test("what was imported as decided goes back to a draft, gets its people, and is circulated", async () => {
      const report = JSON.parse(
        execFileSync(binary, ["import", "proposals", enhancement(folder), "--json", "--data", data], {
          encoding: "utf8",
        }),
      );
      assert.equal(report.imported, 1, JSON.stringify(report));
      await visit(mara, "/reviews");
      await visit(mara, "/reviews/board");
      await visit(mara, "/reviews/1");
      await visit(mara, "/reviews/1/steps/new");
      await mara.getByRole("radio", { name: "Draft" }).check();
      await mara.getByRole("textbox", { name: "Why" }).fill("Here it begins anew.");
      await press(mara, "Move it");
      await mara.locator(".state", { hasText: "Draft" }).first().waitFor();
      for (const [name, role] of [
        ["ben-osei", "presenter"],
        ["mara-lindqvist", "facilitator"],
        ["ines-ortega", "stakeholder"],
      ]) {
        await mara.goto(`${server.base}/reviews/1/people`);
        await mara.getByLabel("Person or team").fill(name);
        await mara.getByLabel("Role").selectOption(role);
        await press(mara, "Add");
      }
      await holds(mara);
      await visit(mara, "/reviews/1/edit");
      await mara.locator(".cm-content").click();
      await mara.keyboard.press("Control+End");
      await mara.keyboard.type("\n## Assumptions\n\n- Nobody relies on the old default.");
      await press(mara, "Save");
      await mara.getByText("Nobody relies on the old default.").first().waitFor();
      await visit(mara, "/reviews/1/records");
      await visit(mara, "/reviews/1/circulation/new");
      await press(mara, "Circulate");
      await mara.locator(".state", { hasText: "Circulating" }).first().waitFor();
      // The inbox follows within a moment.
      for (let tries = 0; ; tries += 1) {
        await ines.goto(`${server.base}/inbox`);
        if (await ines.getByText("asks for comments on").count()) break;
        assert.ok(tries < 40, "nothing is in the inbox");
        await ines.waitForTimeout(250);
      }
      await holds(ines);
      await visit(ines, "/");
    });

    test("questions are asked and voted on, threads begun, stances taken", async () => {
      await visit(ines, "/reviews/1/questions");
      await ines.getByLabel("Your question").fill(ASKED);
      await press(ines, "Ask");
      await ines.getByText(ASKED).first().waitFor();
      await holds(ines);
      for (const page of [ben, mara]) {
        await page.goto(`${server.base}/reviews/1/questions`);
        const voted = page.waitForResponse((answer) => answer.url().endsWith("/vote"));
        await page
          .getByRole("button", { name: `For: ${ASKED}` })
          .first()
          .click();
        await voted;
        await holds(page);
      }
      await ben.locator(".tally", { hasText: "+2" }).first().waitFor();
      await visit(ines, "/reviews/1/discussion");
      await ines
        .getByLabel("Comment", { exact: true })
        .fill("Have we *measured* how often this happens? @ben-osei");
      await press(ines, "Start the thread");
      await ines.getByText("how often this happens").first().waitFor();
      await holds(ines);
      await visit(ben, "/inbox");
      await visit(ben, "/reviews/1/stances");
      await ben.getByRole("radio", { name: "Yes, if" }).check();
      await ben.getByLabel("If: your conditions").fill("The switch is documented");
      await press(ben, "Say so");
      await ben.getByText("The switch is documented").first().waitFor();
      await holds(ben);
      await visit(mara, "/reviews/1");
    });

    test("they meet: the time is night for one, the room is live, notes are everybody's", async () => {
      await visit(mara, "/reviews/1/meeting/new");
      const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      await mara.getByLabel("Day").fill(day);
      await mara.getByLabel("Begins").fill("15:00");
      await mara.locator("#local-times", { hasText: "It is night for 1 of 3 people" }).waitFor();
      await holds(mara);
      await press(mara, "Schedule");
      await mara.waitForURL("**/reviews/1/meeting");
      await visit(ines, "/reviews/1/meeting");
      await visit(ben, "/reviews/1/meeting");
      await press(mara, "Begin the meeting");
      // Whoever looks at the room sees it begin, and what is large in it.
      await ines.locator("#room-head .clock").waitFor();
      await press(mara, "On to the questions");
      await ines.getByRole("heading", { name: ASKED }).waitFor();
      await holds(ines);
      await holds(mara);
      await ben.getByLabel("Notes of the meeting").fill("Ben: the default belongs to the cluster's owner.");
      await ben.locator('[data-saved-for="notes-text"][data-state="saved"]').waitFor();
      await mara.waitForFunction(() =>
        document.querySelector("#notes-text").value.includes("belongs to the cluster's owner"),
      );
      await ines.getByLabel("Park something").fill("The dashboards of old nodes");
      await press(ines, "Park");
      await ben.locator("#parked", { hasText: "The dashboards of old nodes" }).waitFor();
      await mara.getByLabel("The answer, or what is left").fill("The controller says so in an event.");
      await press(mara, "Answered");
      await ines.locator("#agenda .done", { hasText: ASKED }).waitFor();
      await mara.getByLabel("Ask whether all agree that…").fill("The default changes in the next release");
      await press(mara, "Open a poll");
      await ines.locator("#polls").getByRole("button", { name: "Agree", exact: true }).click();
      await mara.locator("#polls", { hasText: "The default changes in the next release" }).waitFor();
      await holds(ines);
      await visit(ben, "/reviews/1/meeting?view=projector");
      await insist(mara, "End the meeting", "End the meeting");
      await ines.getByRole("heading", { name: "The meeting is over." }).waitFor();
      await holds(mara);
    });

    test("the decision is recorded, and the minutes are sent", async () => {
      await visit(mara, "/reviews/1/decision/new");
      await mara.getByRole("radio", { name: "Go ahead" }).check();
      await mara
        .getByRole("textbox", { name: "Why", exact: true })
        .fill("The costs are known; see #1. @ben-osei");
      await press(mara, "Record the decision");
      await visit(mara, "/reviews/1/outcome");
      await mara.getByText("The costs are known").first().waitFor();
      await visit(ines, "/reviews/1/outcome");
      await visit(ines, "/decisions");
      await visit(mara, "/reviews/1/minutes");
      await mara.getByText("belongs to the cluster's owner").first().waitFor();
      await insist(mara, "Send the minutes", "Send them");
      await visit(ben, "/reviews/1/minutes");
      await ben.getByText("The costs are known").first().waitFor();
      await visit(ben, "/reviews/1/history");
      await visit(ben, "/learn");
      await visit(ines, "/search?q=default");
      await ines.getByRole("main").getByRole("link").first().waitFor();
    });
  });
}
