// Comments at words of a document: they stay with their words while others write, on the page and in the editor; a
// suggestion is accepted with one click; a reader without the right to write can comment and nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./browser.mjs";
import { Demo, editor, mark } from "./demo.mjs";

const TEXT =
  "# Kiln\n\nOne.\n\nTwo.\n\nThree.\n\nThe kiln is fired twice a week.\n\n# Cost\n\nEach firing costs four hours and a sack of coal.\n";
let demo;
let mara;
let ben;
let number;
let page;

const card = (where, words) => where.locator(".margin-card", { hasText: words });

/** Chooses words on the review's page as a reader does. */
const choose = (where, words) =>
  where.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.querySelector(".paper .prose"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(wanted);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      document.getSelection().removeAllRanges();
      document.getSelection().addRange(range);
      return;
    }
    throw new Error(`no ${wanted}`);
  }, words);

async function comment(where, words, says) {
  await choose(where, words);
  await where.locator("#comment-on-words").click();
  const form = where.locator(".margin-card.new");
  await form.getByLabel("Comment", { exact: true }).fill(says);
  return form;
}

before(async () => {
  demo = await Demo.start();
  mara = await demo.person("mara-lindqvist");
  ben = await demo.person("tomasz-zielinski");
  number = await demo.review(mara, "Two firings", TEXT);
  page = `${demo.address}/reviews/${number}`;
});

after(() => demo?.end());

test("whoever reads comments on words, and others see it", async () => {
  await mara.goto(`${page}?beside=comments`);
  await ben.goto(`${page}?beside=comments`);
  const form = await comment(ben, "fired twice", "Why not three times?");
  assert.deepEqual(await violations(ben), []);
  await form.getByRole("button", { name: "Comment" }).click();
  await card(ben, "Why not three times?").waitFor();
  await ben.locator("mark", { hasText: "fired twice" }).waitFor();
  // Without touching the page.
  await card(mara, "Why not three times?").waitFor();
  await mara.locator("mark", { hasText: "fired twice" }).click();
  await mara.locator(".margin-card.active", { hasText: "Why not three times?" }).waitFor();
  const [words, beside] = await mara.evaluate(() =>
    ["mark", ".margin-card.active"].map((one) => document.querySelector(one).getBoundingClientRect().top),
  );
  assert.ok(Math.abs(words - beside) < 4, `the card stands beside its words: ${words} ${beside}`);
});

test("the comment stays with its words while paragraphs move", async () => {
  await demo.edit(mara, number);
  await mara.locator(".cm-line .quoted", { hasText: "fired twice" }).waitFor();
  await editor(mara).click();
  await mara.keyboard.press("Control+Home");
  await mara.keyboard.type("New words above.\n\n");
  // The paragraph goes to the end.
  await mara.locator(".cm-line", { hasText: "The kiln is" }).click();
  await mara.keyboard.press("End");
  for (const last of ["New words above.", "Each firing"]) {
    await mara.locator(".cm-line .quoted", { hasText: "fired twice" }).waitFor();
    if (last === "Each firing") break;
    for (let down = 0; down < 4; down += 1) await mara.keyboard.press("Alt+ArrowDown");
  }
  await mark(mara, "Saved");
  await ben.locator("mark", { hasText: "fired twice" }).waitFor();
  await ben.locator(".paper", { hasText: "New words above." }).waitFor();
});

test("words that are deleted leave their comment detached", async () => {
  await editor(mara).click();
  await mara.locator(".cm-line", { hasText: "The kiln is" }).click({ clickCount: 3 });
  await mara.keyboard.press("Backspace");
  await mark(mara, "Saved");
  await card(ben, "Why not three times?").getByText("Detached").waitFor();
  assert.equal(await ben.locator("mark").count(), 0);
  await mara.keyboard.press("Control+z");
  await ben.locator("mark", { hasText: "fired twice" }).waitFor();
});

test("a suggestion is accepted with one click", async () => {
  const form = await comment(ben, "four hours", "It was five.");
  await form.getByText("Suggest other words").click();
  await form.getByLabel("Instead").fill("five hours");
  await form.getByRole("button", { name: "Comment" }).click();
  const mine = card(ben, "It was five.");
  await mine.getByRole("button", { name: "Decline" }).waitFor();
  assert.equal(await mine.getByRole("button", { name: "Accept" }).count(), 0);
  await card(mara, "It was five.").getByRole("button", { name: "Accept" }).click();
  await mara.locator(".cm-line", { hasText: "costs five hours" }).waitFor();
  await ben.locator(".paper", { hasText: "costs five hours" }).waitFor();
  assert.deepEqual(await violations(mara), []);
});

test("on a narrow screen the threads are a drawer", async () => {
  const phone = await demo.person("tomasz-zielinski", { viewport: { width: 390, height: 844 } });
  await phone.goto(`${page}?beside=comments`);
  const toggle = phone.getByRole("button", { name: /^Comments/ });
  await toggle.waitFor();
  assert.equal(await phone.locator("#margin").isVisible(), false);
  await phone.locator("mark", { hasText: "fired twice" }).click();
  await card(phone, "Why not three times?").waitFor();
  await phone.keyboard.press("Escape");
  assert.equal(await phone.locator("#margin").isVisible(), false);
  assert.deepEqual(await violations(phone), []);
});
