// The editor in a browser: Markdown styled where it stands, toolbar, views, tasks, and undo of one's own changes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./browser.mjs";
import { Demo, editor, mark, reads } from "./demo.mjs";

const TEXT = `# Kiln

The **full** kiln, see [the log](https://example.org/log) and \`fire()\`.

## Work

- clay
- [ ] fire it
- [x] glaze it

\`\`\`rust
fn main() { let x = "s"; }
\`\`\`

> Slow is smooth.

Last line.
`;
let demo;
let mara;
let number;

const line = (words) => mara.locator(".cm-line", { hasText: words }).first();
const shown = (words) => line(words).innerText();

async function begin(title, words) {
  number = await demo.review(mara, title, words);
  await demo.edit(mara, number);
}

async function last() {
  await editor(mara).click();
  await mara.keyboard.press("Control+End");
}

before(async () => {
  demo = await Demo.start();
  mara = await demo.person("mara-lindqvist");
  await begin("Kiln", TEXT);
});

after(() => demo?.end());

test("marks recede from the lines that the cursor is not on", async () => {
  await last();
  assert.equal(await shown("full"), "The full kiln, see the log and fire().");
  assert.equal(await shown("Kiln"), "Kiln");
  const sizes = await mara
    .locator(".cm-line")
    .evaluateAll((lines) =>
      lines.slice(0, 3).map((line) => Number.parseFloat(getComputedStyle(line).fontSize)),
    );
  assert.ok(sizes[0] > sizes[2], `a heading is larger: ${sizes}`);
  await line("full").click();
  assert.equal(await shown("full"), TEXT.split("\n")[2]);
  assert.equal(await shown("Kiln"), "Kiln");
  await last();
  assert.equal(await shown("full"), "The full kiln, see the log and fire().");
  await mara.locator(".md-code .tok-keyword", { hasText: "fn" }).waitFor();
  assert.deepEqual(await violations(mara), []);
});

test("the editor has its looks under the page's own policy", async () => {
  const page = await demo.person("mara-lindqvist", { bypassCSP: false });
  await demo.edit(page, number);
  const padding = () =>
    editor(page).evaluate((content) => Number.parseFloat(getComputedStyle(content).paddingTop));
  assert.ok((await padding()) > 15);
  await editor(page).click();
  await page.keyboard.press("Control+f");
  const panel = page.locator(".cm-search");
  assert.equal(await panel.evaluate((panel) => getComputedStyle(panel).display), "flex");
  await page.context().close();
});

test("the toolbar is one tab stop, and its buttons and keys write Markdown", async () => {
  await begin("Words", "one two\n");
  await line("one").dblclick({ position: { x: 5, y: 5 } });
  await mara.getByRole("button", { name: "Bold", exact: true }).click();
  await reads(mara, "**one** two\n");
  await mara.keyboard.press("Control+b");
  await reads(mara, "one two\n");
  await mara.keyboard.press("Control+i");
  await reads(mara, "_one_ two\n");
  await mara.keyboard.press("Control+i");
  await mara.keyboard.press("Control+k");
  await mara.keyboard.type("/learn");
  await reads(mara, "[one](/learn) two\n");
  await mara.keyboard.press("Control+Alt+2");
  await reads(mara, "## [one](/learn) two\n");
  await mara.keyboard.press("Control+Shift+Digit9");
  await reads(mara, "- [ ] [one](/learn) two\n");
  await mara.keyboard.press("Control+Shift+Enter");
  await reads(mara, "- [x] [one](/learn) two\n");
  const stops = await mara.locator(".desk-tools button[tabindex='0']").count();
  assert.equal(stops, 1);
  await mara.locator(".desk-tools button").first().focus();
  await mara.keyboard.press("ArrowLeft");
  assert.equal(await mara.evaluate(() => document.activeElement.textContent), "Table");
  await mara.keyboard.press("Enter");
  await reads(mara, /\n\n\| Heading \| Heading \|\n\| --- \| --- \|/);
});

test("three views, an outline, a count, and find and replace", async () => {
  await begin("Views", TEXT);
  await mara.locator(".desk-foot", { hasText: "26 words" }).waitFor();
  await mara.getByRole("button", { name: "Side by side" }).click();
  await mara.locator(".desk-reading h2", { hasText: "Work" }).waitFor();
  await last();
  await mara.keyboard.type("Typed now.");
  await mara.locator(".desk-reading p", { hasText: "Typed now." }).waitFor();
  await mara.getByRole("button", { name: "Read", exact: true }).click();
  assert.equal(await editor(mara).isVisible(), false);
  assert.deepEqual(await violations(mara), []);
  await mara.getByRole("button", { name: "Write", exact: true }).click();
  await mara
    .getByRole("navigation", { name: "In this document" })
    .getByRole("link", { name: "Work" })
    .click();
  await mara.keyboard.press("End");
  await mara.keyboard.type("shop");
  await reads(mara, /## Workshop\n/);
  await mara.keyboard.press("Control+f");
  await mara.getByRole("textbox", { name: "Find" }).fill("glaze");
  await mara.getByRole("textbox", { name: "Replace" }).fill("paint");
  assert.deepEqual(await violations(mara), []);
  await mara.getByRole("button", { name: "replace all" }).click();
  await reads(mara, /- \[x\] paint it/);
});

/** Pastes as a browser does when these are on the clipboard. */
const paste = (kinds) =>
  editor(mara).evaluate((content, kinds) => {
    const clipboardData = new DataTransfer();
    for (const [kind, words] of Object.entries(kinds)) clipboardData.setData(kind, words);
    content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, kinds);

test("rich text and cells are pasted as Markdown, and plain text plainly", async () => {
  await begin("Paste", "Before.\n");
  await last();
  await paste({
    "text/plain": "Head words",
    "text/html": `<meta><b style="font-weight:normal"><h2>Head</h2><p>Some <span style="font-weight:700">bold</span> and
      <a href="https://example.org/(a)">a link</a> <a href="javascript:alert(1)">none</a><img src="file:///x.png" alt="x"></p>
      <ul><li>one</li><li><i>two</i></li></ul><script>alert(1)</script></b>`,
  });
  await reads(
    mara,
    "Before.\n## Head\n\nSome **bold** and [a link](https://example.org/%28a%29) none\n\n- one\n- _two_",
  );
  await begin("Cells", "");
  await last();
  await paste({
    "text/plain": "Source\tOrders\nShop\t12\n",
    "text/html":
      "<table><tr><td>Source</td><td>Orders</td></tr><tr><td><b>Shop</b></td><td>12</td></tr></table>",
  });
  await reads(mara, /\| Source \| Orders \|\n\| -+ \| -+:? \|\n\| \*\*Shop\*\* \| 12 +\|/);
  await begin("Tabs", "");
  await last();
  await paste({ "text/plain": "Source\tOrders\nShop\t12\n" });
  await reads(mara, "| Source | Orders |\n| --- | ---: |\n| Shop | 12 |");
  await begin("Plain", "");
  await last();
  await paste({ "text/plain": "**as it is**" });
  await reads(mara, "**as it is**");
});

test("a task is ticked in the text", async () => {
  await begin("Tasks", TEXT);
  await last();
  await mara.locator(".md-tick").first().click();
  await reads(mara, /- \[x\] fire it/);
  await mara.locator(".md-tick").nth(1).click();
  await reads(mara, /- \[ \] glaze it/);
});

test("a task is ticked where it is read, with and without script", async () => {
  await mara.getByRole("button", { name: "Read", exact: true }).click();
  await mara.locator(".desk-reading").getByRole("checkbox", { name: "glaze it" }).check();
  await reads(mara, /- \[x\] fire it\n- \[x\] glaze it/);
  await mark(mara, "Saved");
  await mara.getByRole("button", { name: "Save" }).last().click();
  await mara.waitForURL(/reviews\/\d+$/);
  await mara.getByRole("checkbox", { name: "glaze it" }).click();
  await mara.locator(".tick[aria-checked=false]").waitFor();
  await mara.getByRole("checkbox", { name: "glaze it", checked: false }).waitFor();
  assert.deepEqual(await violations(mara), []);
});

test("names are offered while they are typed", async () => {
  await begin("Names", "");
  await last();
  await mara.keyboard.type("Ask @tom");
  await mara.locator(".cm-tooltip-autocomplete li", { hasText: "Tomasz" }).waitFor();
  assert.deepEqual(await violations(mara), []);
  await mara.waitForTimeout(100);
  await mara.keyboard.press("Enter");
  await mara.keyboard.type("about #names");
  await mara.locator(".cm-tooltip-autocomplete li", { hasText: "Names" }).first().waitFor();
  await mara.waitForTimeout(100);
  await mara.keyboard.press("Enter");
  await reads(mara, `Ask @tomasz-zielinski about #${number} `);
  await mara.keyboard.press("Enter");
  await mara.keyboard.type("/tab");
  await mara.locator(".cm-tooltip-autocomplete li", { hasText: "Table" }).waitFor();
  await mara.waitForTimeout(100);
  await mara.keyboard.press("Enter");
  await reads(mara, /\n\n\| Heading \| Heading \|/);
});

test("diagrams are drawn under the page's own policy, and their source stays", async () => {
  const page = await demo.person("mara-lindqvist", { bypassCSP: false });
  const hostile =
    '```mermaid\n%%{init: {"securityLevel": "loose"}}%%\nflowchart LR\n  A["<img src=x onerror=globalThis.bad=1>"] --> B\n```';
  const fine = "```mermaid\nsequenceDiagram\n  Shop->>Queue: order 12\n```";
  const review = await demo.review(
    page,
    "Diagrams",
    `${fine}\n\n${hostile}\n\n\`\`\`mermaid\nno diagram\n\`\`\`\n`,
  );
  await page.locator(".diagram img").nth(1).waitFor();
  await page.getByText("This diagram cannot be drawn").waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".diagram img")].every((img) => img.naturalWidth > 50),
  );
  assert.equal(await page.evaluate(() => globalThis.bad), undefined);
  await page.getByText("Source of the diagram").first().click();
  await page.locator(".diagram code", { hasText: "order 12" }).waitFor();
  await demo.edit(page, review);
  await page.getByRole("button", { name: "Read", exact: true }).click();
  await page.locator(".desk-reading .diagram img").first().waitFor();
  await page.context().close();
});

test("the editor fits a telephone", async () => {
  const page = await demo.person("mara-lindqvist", { viewport: { width: 390, height: 844 } });
  await demo.edit(page, number);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok((await width()) <= 390);
  assert.equal(await page.getByRole("button", { name: "Side by side" }).isVisible(), false);
  await page.getByRole("button", { name: "Formatting" }).click();
  assert.equal(await page.getByRole("toolbar").isVisible(), false);
  await page.getByRole("button", { name: "Read", exact: true }).click();
  await page.locator(".desk-reading .prose").waitFor();
  assert.ok((await width()) <= 390);
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

test("undo takes back one's own words and nobody else's, and a click follows somebody", async () => {
  await begin("Undo", `Start.\n${"\nmore\n".repeat(80)}\nEnd.\n`);
  await demo.invite(mara, number, "Tomasz Zieliński");
  await demo.edit(mara, number);
  const ben = await demo.person("tomasz-zielinski");
  await demo.edit(ben, number);
  await last();
  await mara.keyboard.type("Mara wrote this.");
  await mara.waitForTimeout(700);
  await editor(ben).click();
  await ben.keyboard.press("Control+Home");
  await ben.keyboard.type("Ben wrote this. ");
  await reads(mara, /^Ben wrote this\. Start\.[\s\S]*Mara wrote this\.$/);
  await mara.keyboard.press("Control+z");
  await reads(mara, /^Ben wrote this\. Start\.[\s\S]*End\.\n$/);
  await mara.keyboard.press("Control+z");
  await reads(mara, /^Ben wrote this\. Start\./);
  await mara.keyboard.press("Control+Shift+Z");
  await reads(mara, /Mara wrote this\.$/);
  await mark(mara, "Saved");
  await reads(ben, /^Ben wrote this\.[\s\S]*Mara wrote this\.$/);

  const there = mara.getByRole("button", { name: /Tomasz/ });
  await there.click();
  assert.equal(await there.getAttribute("aria-pressed"), "true");
  await ben.keyboard.press("Control+Home");
  await ben.keyboard.type("x");
  await mara.waitForFunction(() => scrollY < 300);
  await mara.keyboard.press("Escape");
  assert.equal(await there.getAttribute("aria-pressed"), "false");
  await ben.context().close();
});
