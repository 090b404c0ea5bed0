// Relative times go on counting. The server writes them in the reader's zone, with zone and UTC in the title;
// the words here are the server's.
import { relative } from "./durations.ts";
import { mount } from "./mount.ts";

const RELATIVE = /^(just now|\d+ (minute|hour|day)s? ago|in \d+ (minute|hour|day)s?)$/;

const times = new Set<HTMLTimeElement>();

mount<HTMLTimeElement>("time[datetime]", (time) => {
  if (RELATIVE.test(time.textContent ?? "")) times.add(time);
});

setInterval(() => {
  for (const time of times) {
    const text = relative(Date.parse(time.dateTime), Date.now());
    if (!time.isConnected || text === null) times.delete(time);
    else if (time.textContent !== text) time.textContent = text;
  }
}, 30_000);
