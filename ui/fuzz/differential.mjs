// Yjs beside yrs: thousands of small documents by random operations of several clients. Every client is there twice, once
// in each library; each operation is done by one of them and its update applied by the other, and updates go to the other
// clients in order, or shuffled, late and twice. Texts and state vectors have to be the same.
//
//   node fuzz/differential.mjs PROGRAM    the program is the example `yrs_lines`; SEED and DOCUMENTS choose a run
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as Y from "yjs";

const WORDS = [
  "a",
  "word ",
  "\n",
  "- [ ] ",
  "😀",
  "👩‍👩‍👧",
  "𝒳y",
  "漢字",
  "かな",
  "é",
  "e\u0301",
  "\u202e",
  "# ",
];

/** Mulberry32: small, and the same everywhere. */
function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  return { below, of: (list) => list[below(list.length)], one: (times) => below(times) === 0 };
}

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));

function program(path) {
  const child = spawn(path, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(commands) {
      child.stdin.write(`${JSON.stringify(commands)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("yrs has gone away");
      return JSON.parse(value);
    },
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** A place between two characters; now and then inside a surrogate pair, where both have to do the same. */
function place(random, text) {
  const at = random.below(text.length + 1);
  const inside = /[\ud800-\udbff]/.test(text[at - 1] ?? "") && /[\udc00-\udfff]/.test(text[at] ?? "");
  return inside && !random.one(8) ? at - 1 : at;
}

/** What a client does to its own text: commands in the words of `yrs_lines`. */
function edits(random, id, before) {
  const commands = [];
  let text = before;
  for (let left = random.below(4); left > 0; left--) {
    const at = place(random, text);
    if (text.length > 0 && random.one(3)) {
      const end = place(random, text);
      const [from, to] = [Math.min(at, end), Math.max(at, end)];
      if (from === to || to - from > 8) continue;
      commands.push(["delete", id, from, to - from]);
      // Half a pair cannot be foreseen, so nothing follows it.
      if (/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(text.slice(from, to))) break;
      text = text.slice(0, from) + text.slice(to);
    } else {
      const words = random.of(WORDS).repeat(1 + random.below(2));
      commands.push(["insert", id, at, words]);
      if (/[\ud800-\udbff]$/.test(text.slice(0, at))) break;
      text = text.slice(0, at) + words + text.slice(at);
    }
  }
  return commands;
}

function perform(doc, [verb, , at, what]) {
  const updates = [];
  const keep = (update) => updates.push(update);
  doc.on("update", keep);
  if (verb === "insert") doc.getText("content").insert(at, what);
  else doc.getText("content").delete(at, what);
  doc.off("update", keep);
  return updates;
}

const states = (encoded) => [...Y.decodeStateVector(encoded)].sort(([a], [b]) => a - b);

function same(doc, theirs, what) {
  assert.equal(theirs.text, doc.getText("content").toString(), `${what}: text`);
  assert.deepEqual(states(bytes(theirs.state)), states(Y.encodeStateVector(doc)), `${what}: state`);
}

let again = 0;

async function document(yrs, random) {
  const ordered = random.one(2);
  const clients = Array.from({ length: 2 + random.below(3) }, (_, index) => {
    const id = 1 + index * 1000 + random.below(1000);
    const doc = new Y.Doc();
    // Only the one that writes bears the client's number: Yjs gives its own up when it hears it from somebody else.
    const own = random.one(2);
    doc.clientID = own ? id : id + 100_000;
    return { id, doc, own, gap: false, inbox: [] };
  });
  await yrs.ask(clients.map(({ id }) => ["open", id]));
  const rounds = 2 + random.below(4);
  for (let round = 0; round <= rounds; round++) {
    const last = round === rounds;
    for (const client of clients) {
      const commands = last ? [] : edits(random, client.id, client.doc.getText("content").toString());
      let updates;
      if (client.own) {
        updates = commands.flatMap((command) => perform(client.doc, command));
        await yrs.ask(updates.map((update) => ["apply", client.id, hex(update)]));
      } else {
        updates = (await yrs.ask(commands)).map(bytes);
        for (const update of updates) Y.applyUpdate(client.doc, update);
      }
      for (const other of clients) if (other !== client) other.inbox.push(...updates);
    }
    for (const client of clients) {
      const arrived = client.inbox;
      client.inbox = [];
      if (!ordered) {
        for (let at = arrived.length - 1; at > 0; at--) {
          const other = random.below(at + 1);
          [arrived[at], arrived[other]] = [arrived[other], arrived[at]];
        }
        for (const update of [...arrived]) if (random.one(6)) arrived.push(update);
        if (!last) client.inbox = arrived.splice(0, random.below(arrived.length + 1));
      }
      for (const update of arrived) Y.applyUpdate(client.doc, update);
      const commands = arrived.map((update) => ["apply", client.id, hex(update)]);
      const answers = await yrs.ask([...commands, ["state", client.id]]);
      client.gap ||= answers.includes(true) || client.doc.store.pendingStructs !== null;
      if (last && client.gap) {
        // Either library can lose track of what it parked behind a gap. The server therefore never goes on with one: it
        // loads the document anew from its own state, and the client comes again with everything. So do these.
        again += 1;
        const whole = clients.map(({ doc }) => Y.encodeStateAsUpdate(doc));
        for (const update of whole) Y.applyUpdate(client.doc, update);
        const commands = whole.map((update) => ["apply", client.id, hex(update)]);
        answers.push(...(await yrs.ask([["rebuild", client.id], ...commands, ["state", client.id]])));
        assert.equal(answers.at(-1).missing, false, `client ${client.id}: still parked`);
      }
      // With gaps, each may park what it cannot place yet in its own way.
      if (ordered || last) same(client.doc, answers.at(-1), `client ${client.id} after round ${round}`);
    }
  }
  const [first] = clients;
  for (const { doc } of clients) {
    assert.equal(doc.getText("content").toString(), first.doc.getText("content").toString());
  }
  // Somebody new catches up by state vector, each library from the other.
  const whole = Y.encodeStateAsUpdate(first.doc);
  const some = new Y.Doc();
  some.clientID = 9001;
  const [rest] = await yrs.ask([["since", first.id, hex(Y.encodeStateVector(some))]]);
  Y.applyUpdate(some, bytes(rest));
  some.getText("content").insert(0, "new ");
  const answers = await yrs.ask([
    ["open", 9000],
    ["apply", 9000, hex(whole)],
    ["apply", 9000, hex(Y.encodeStateAsUpdate(some, Y.encodeStateVector(first.doc)))],
    ["state", 9000],
    ["close", 9000],
    ...clients.map(({ id }) => ["close", id]),
  ]);
  const caughtUp = answers.find((answer) => answer?.text !== undefined);
  assert.equal(caughtUp.missing, false);
  same(some, caughtUp, "catching up");
}

const [path] = process.argv.slice(2);
const count = Number(process.env.DOCUMENTS ?? 1000);
const seeds = process.env.SEED ? [Number(process.env.SEED)] : [1, Math.floor(Math.random() * 2 ** 32)];
const yrs = program(path);
try {
  for (const seed of seeds) {
    console.log(`yrs beside Yjs: ${count} documents from seed ${seed}`);
    for (let number = 0; number < count; number++) {
      try {
        await document(yrs, chance(seed + number));
      } catch (error) {
        console.error(`document ${number}: once more with SEED=${seed + number} DOCUMENTS=1`);
        throw error;
      }
    }
    console.log(`the same in both; ${again} replicas had a gap and came again`);
  }
} finally {
  await yrs.end();
}
