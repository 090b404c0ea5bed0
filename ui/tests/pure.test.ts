import assert from "node:assert/strict";
import { test } from "node:test";
import { digits, relative } from "../islands/durations.ts";
import { matches } from "../islands/match.ts";
import { merge } from "../islands/merge.ts";
import { fromTabs } from "../islands/together/cells.ts";
import { count } from "../islands/together/words.ts";

test("changes of two people that do not touch are united", () => {
  assert.equal(merge("a\nb\nc", "A\nb\nc", "a\nb\nC"), "A\nb\nC");
  assert.equal(merge("a\nb\nc", "a\nb\nc\nmine", "theirs\na\nb\nc"), "theirs\na\nb\nc\nmine");
  assert.equal(merge("a\nb\nc", "a\nc", "a\nb\nc\nd"), "a\nc\nd");
});

test("two additions at the same place are both kept, theirs first", () => {
  assert.equal(merge("a", "a\nmine", "a\ntheirs"), "a\ntheirs\nmine");
});

test("one change alone wins, and the same change is no conflict", () => {
  assert.equal(merge("a", "a", "b"), "b");
  assert.equal(merge("a", "b", "a"), "b");
  assert.equal(merge("a", "b", "b"), "b");
});

test("changes of the same line are for people to unite", () => {
  assert.equal(merge("a\nb\nc", "a\nmine\nc", "a\ntheirs\nc"), null);
  assert.equal(merge("a\nb\nc", "a\nc", "a\nB\nc"), null);
});

test("relative times read like the server's", () => {
  const at = Date.parse("2026-11-23T09:00:00Z");
  const minutes = (n: number) => relative(at, at + n * 60_000);
  assert.equal(minutes(0.5), "just now");
  assert.equal(minutes(1), "1 minute ago");
  assert.equal(minutes(59.9), "59 minutes ago");
  assert.equal(minutes(60), "1 hour ago");
  assert.equal(minutes(-90), "in 1 hour");
  assert.equal(minutes(2 * 1440), "2 days ago");
  assert.equal(minutes(20 * 1440), null);
});

test("a clock shows minutes and seconds, and hours when there are some", () => {
  assert.equal(digits(0), "0:00");
  assert.equal(digits(252_000), "4:12");
  assert.equal(digits(3_852_999), "1:04:12");
  assert.equal(digits(-5), "0:00");
});

test("the palette finds an entry by the beginnings of its words", () => {
  assert.ok(matches("Schedule the meeting", "sch mee"));
  assert.ok(matches("Schedule the meeting", ""));
  assert.ok(!matches("Schedule the meeting", "eeting"));
  assert.ok(matches("Über Aufträge", "auft"));
});

test("words are counted as a reader counts them", () => {
  assert.equal(
    count("# One, two\n\n- [x] three [four](https://example.org/a) **five**\n\n| six | 7 |\n| --- | --- |"),
    7,
  );
  assert.equal(count("---\n\n<br>\n"), 0);
});

test("cells become a table, and text with tabs stays text", () => {
  assert.equal(
    fromTabs("Name\tOrders\nShop\t1,200\n"),
    "| Name | Orders |\n| --- | ---: |\n| Shop | 1,200 |",
  );
  assert.equal(fromTabs('a|b\t"two\nlines ""q"""'), '| a\\|b | two<br>lines "q" |\n| --- | --- |');
  assert.equal(fromTabs("one\ttwo\nthree"), undefined);
  assert.equal(fromTabs("\tindented\n\tcode"), undefined);
  assert.equal(fromTabs("no tabs"), undefined);
});
