// Two people write one document in two browsers: what one types the other sees, with their cursor; what is typed offline is
// kept and merges; the mark says what is true.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./browser.mjs";
import { Demo, editor, mark, text } from "./demo.mjs";

let demo;
let mara;
let ben;
let number;

async function same() {
  for (let left = 50; left > 0 && (await text(mara)) !== (await text(ben)); left -= 1)
    await mara.waitForTimeout(100);
  assert.equal(await text(mara), await text(ben));
}

before(async () => {
  demo = await Demo.start();
  mara = await demo.person("mara-lindqvist");
  number = await demo.review(mara, "Kiln schedule", "# Problem\n\nThe kiln is full.\n");
  await demo.invite(mara, number, "Tomasz Zieliński");
});

after(() => demo?.end());

test("two people type at once and see each other", async () => {
  ben = await demo.person("tomasz-zielinski");
  for (const page of [mara, ben]) {
    await demo.edit(page, number);
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
  demo.kill();
  await mark(mara, "Offline");
  await mara.keyboard.type(" While it was away.");
  await demo.serve();
  await mark(mara, "Saved");
  for (const page of [mara, ben]) {
    await page.locator(".cm-content", { hasText: "While it was away." }).waitFor();
    await page.locator(".cm-content", { hasText: "Before the end." }).waitFor();
  }
  await mara.getByRole("button", { name: "Save" }).last().click();
  await mara.waitForURL(`${demo.address}/reviews/${number}`);
  await mara.locator("article", { hasText: "While it was away." }).waitFor();
});
