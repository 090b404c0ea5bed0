// The islands in a real browser, against a small server that plays ours.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, violations } from "./browser.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; form-action 'self'";
const types = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" };

const page = (main) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="htmx-config" content='{"includeIndicatorCSS":false,"history":"reload","defaultSwap":"outerHTML"}'><title>Test</title>
<link rel="stylesheet" href="/assets/${manifest["app.css"]}"><script type="module" src="/assets/${manifest["app.js"]}"></script></head>
<body><nav class="nav" aria-label="Main"><a href="/reviews">Reviews</a></nav><main class="page"><h1>Test</h1>${main}</main>
<div id="announce" class="visually-hidden" role="status"></div></body></html>`;

let server, browser, base;
let streams = [];
let notes = { text: "one\ntwo\nthree", version: 1, down: false };
const puts = [];
const pages = {
  "/notes": () =>
    page(`<div data-live="/live"><p><span data-saved-for="notes" class="saved" role="status">Saved</span></p>
    <label for="notes">Notes</label><textarea class="input" id="notes" data-autosave="/notes-text" data-version="${notes.version}">\n${notes.text}</textarea>
    <section id="part"><p>old</p><form><label for="reply">Reply</label><textarea class="input" id="reply" name="reply"></textarea></form></section></div>`),
  "/form": () =>
    page(`<form method="post" action="/form" data-keep><label for="body">Body</label><textarea class="input" id="body" name="body"></textarea>
    <button data-confirm="Sure?" data-confirm-button="Yes, send">Send</button></form>`),
  "/vote": () =>
    page(`<form class="vote" id="vote-1" method="post" action="/vote" hx-post="/vote" hx-target="#vote-1" hx-swap="outerHTML"><span class="tally">0</span><button name="vote" value="for">For</button></form>
    <a class="button" href="/form" data-action data-keys="n">New proposal</a>`),
  "/voted": () => page(`<form class="vote" id="vote-1"><span class="tally">1</span></form>`),
};

before(async () => {
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    let body = "";
    for await (const chunk of request) body += chunk;
    const send = (status, type, text) => {
      response.writeHead(status, { "content-type": type, "content-security-policy": POLICY });
      response.end(text);
    };
    if (pathname.startsWith("/assets/")) {
      return send(200, types[pathname.split(".").pop()], readFileSync(join(dist, pathname.slice(8))));
    }
    if (pathname === "/live") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": open\n\n");
      streams.push(response);
      return;
    }
    if (pathname === "/notes-text") {
      if (notes.down) return response.destroy();
      puts.push(body);
      if (request.headers["if-match"] !== `"${notes.version}"`)
        return send(409, "application/json", JSON.stringify(notes));
      notes = { ...notes, text: JSON.parse(body).text, version: notes.version + 1 };
      return send(200, "application/json", JSON.stringify({ version: notes.version }));
    }
    if (pathname === "/api/v1/search") {
      return send(
        200,
        "application/json",
        JSON.stringify({ items: [{ title: "Payouts ledger", href: "/vote", kind: "Review" }] }),
      );
    }
    if (request.method === "POST") {
      response.writeHead(303, { location: pathname === "/vote" ? "/voted" : "/vote" });
      return response.end();
    }
    const make = pages[pathname];
    return make ? send(200, "text/html; charset=utf-8", make()) : send(404, "text/plain", "");
  }).listen(0);
  base = `http://localhost:${server.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

async function open(path, options = {}) {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.on("pageerror", (error) => assert.fail(error.message));
  tab.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) assert.fail(message.text());
  });
  await tab.goto(base + path);
  return tab;
}

test("notes are saved as typed, and say so truly", async () => {
  notes = { text: "one\ntwo\nthree", version: 1, down: false };
  const tab = await open("/notes");
  await tab.locator("#notes").fill("one\ntwo\nthree\nfour");
  await tab
    .locator('[data-saved-for="notes"]:has-text("Saved")')
    .and(tab.locator('[data-state="saved"]'))
    .waitFor();
  assert.equal(notes.text, "one\ntwo\nthree\nfour");
  await tab.context().close();
});

test("two people's changes are united; those of the same line are both shown", async () => {
  notes = { text: "one\ntwo\nthree", version: 1, down: false };
  const tab = await open("/notes");
  notes = { ...notes, text: "ONE\ntwo\nthree", version: 2 };
  await tab.locator("#notes").fill("one\ntwo\nthree, mine");
  await tab.locator('[data-saved-for="notes"][data-state="saved"]').waitFor();
  assert.equal(notes.text, "ONE\ntwo\nthree, mine");
  notes = { ...notes, text: "ONE\ntheirs\nthree, mine", version: notes.version + 1 };
  await tab.locator("#notes").fill("ONE\nmine\nthree, mine");
  await tab.getByRole("button", { name: "Put both" }).click();
  await tab.locator('[data-saved-for="notes"][data-state="saved"]').waitFor();
  assert.equal(notes.text, "ONE\ntheirs\nthree, mine\n\nONE\nmine\nthree, mine");
  await tab.context().close();
});

test("a lost connection is said, and the text outlives the tab", async () => {
  notes = { text: "one", version: 1, down: true };
  const tab = await open("/notes");
  await tab.locator("#notes").fill("one\nunsent");
  await tab.locator('[data-saved-for="notes"]:has-text("No connection")').waitFor();
  tab.on("dialog", (dialog) => dialog.accept());
  notes.down = false;
  await tab.reload();
  await tab.locator('[data-saved-for="notes"][data-state="saved"]').waitFor();
  assert.equal(notes.text, "one\nunsent");
  await tab.context().close();
});

test("a live part is replaced around what somebody is typing", async () => {
  streams = [];
  notes = { text: "one", version: 1, down: false };
  const tab = await open("/notes");
  await tab.waitForFunction(() => document.querySelector("[data-live-state='open']"));
  await tab.locator("#reply").pressSequentially("half a sen");
  const html =
    '<section id="part"><p>new</p><form><textarea class="input" id="reply" name="reply"></textarea></form></section>';
  for (const stream of streams) {
    stream.write(
      `id: 7\nevent: swap\ndata: ${JSON.stringify([
        { id: "part", html },
        { id: "notes", value: "one\ntheirs", version: 2 },
      ])}\n\n`,
    );
  }
  await tab.locator("#part p:has-text('new')").waitFor();
  await tab.keyboard.type("tence");
  assert.equal(await tab.locator("#reply").inputValue(), "half a sentence");
  assert.equal(await tab.locator("#notes").inputValue(), "one\ntheirs");
  await tab.context().close();
});

test("a form keeps what was typed until it was sent, and asks first where told to", async () => {
  const tab = await open("/form");
  await tab.locator("#body").fill("a long thought");
  await tab.reload();
  assert.equal(await tab.locator("#body").inputValue(), "a long thought");
  await tab.getByRole("button", { name: "Send" }).click();
  await tab.getByRole("button", { name: "Yes, send" }).click();
  await tab.waitForURL("**/vote");
  await tab.goto(`${base}/form`);
  assert.equal(await tab.locator("#body").inputValue(), "");
  await tab.context().close();
});

test("a vote whose answer is a redirect swaps only its own part", async () => {
  const tab = await open("/vote");
  await tab.getByRole("button", { name: "For" }).click();
  await tab.locator("#vote-1 .tally:has-text('1')").waitFor();
  assert.equal(await tab.locator("h1").count(), 1);
  await tab.context().close();
});

test("the palette does the page's actions and finds things; keys press them", async () => {
  const tab = await open("/vote");
  await tab.keyboard.press("Control+k");
  await tab.getByRole("combobox").fill("ledg");
  await tab.getByRole("option", { name: /Payouts ledger/ }).waitFor();
  assert.deepEqual(await violations(tab), []);
  await tab.getByRole("combobox").fill("new pro");
  await tab.keyboard.press("Enter");
  await tab.waitForURL("**/form");
  await tab.goto(`${base}/vote`);
  await tab.keyboard.press("n");
  await tab.waitForURL("**/form");
  await tab.keyboard.press("?");
  await tab.getByRole("heading", { name: "Keys" }).waitFor();
  await tab.context().close();
});

test("the page works without script: the form posts", async () => {
  const tab = await open("/form", { javaScriptEnabled: false });
  await tab.locator("#body").fill("plain");
  await tab.getByRole("button", { name: "Send" }).click();
  await tab.waitForURL("**/vote");
  await tab.context().close();
});
