// textarea[data-autosave="/url"]: saved as typed. PUT {"text"} with If-Match: "<version>"; the answer is {"version"}, and "text" where the
// server united it with what others wrote.
// The mark [data-saved-for=<id>] says only what is true. Unsaved text outlives the tab (localStorage). A refused
// version answers 409 or 412 with {"text","version"}: both changes are united, or both texts are shown.
import { merge } from "./merge.ts";

const MARKS = {
  saved: ["i-check", "Saved"],
  typing: ["i-pencil", "Not saved yet"],
  saving: ["i-loader", "Saving…"],
  offline: ["i-cloud-off", "No connection. Kept on this device and sent again"],
  refused: ["i-circle-alert", "The server refused this text. Copy it before you leave"],
  conflict: ["i-circle-alert", "Somebody else changed the same lines"],
} as const;
type State = keyof typeof MARKS;

export function autosave(area: HTMLTextAreaElement): void {
  const url = area.dataset.autosave ?? "";
  const key = `hardwon:text:${url}`;
  let base = area.defaultValue;
  let version = area.dataset.version ?? "";
  let state: State = "saved";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;

  const show = (next: State) => {
    state = next;
    const mark = document.querySelector<HTMLElement>(`[data-saved-for="${area.id}"]`);
    if (!mark || mark.dataset.state === next) return;
    mark.dataset.state = next;
    const [icon, words] = MARKS[next];
    const i = document.createElement("i");
    i.className = `i ${icon}`;
    i.setAttribute("aria-hidden", "true");
    mark.replaceChildren(i, words);
  };
  const later = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  };
  const put = (text: string) => {
    if (text === area.value) return;
    const { selectionStart, selectionEnd } = area;
    area.value = text;
    if (document.activeElement === area) area.setSelectionRange(selectionStart, selectionEnd);
  };

  async function save(): Promise<void> {
    if (state === "saving" || state === "conflict") return;
    const text = area.value;
    show("saving");
    try {
      const answer = await fetch(url, {
        method: "PUT",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          "if-match": `"${version}"`,
        },
        body: JSON.stringify({ text }),
      });
      if (answer.ok) {
        const saved: { version: string; text?: string } = await answer.json();
        version = String(saved.version);
        base = text;
        wait = 1000;
        if (saved.text !== undefined) {
          // The server united it with what others wrote.
          reconcile(saved.text, version);
        } else if (area.value === text) {
          localStorage.removeItem(key);
          show("saved");
        } else {
          show("typing");
          later(600);
        }
      } else if (answer.status === 409 || answer.status === 412) {
        const theirs: { text: string; version: string } = await answer.json();
        reconcile(theirs.text, String(theirs.version));
      } else if (answer.status >= 500 || answer.status === 429) {
        throw new Error(answer.statusText);
      } else {
        show("refused");
      }
    } catch {
      show("offline");
      wait = Math.min(wait * 2, 30_000);
      later(wait);
    }
  }

  function reconcile(theirs: string, theirVersion: string): void {
    const united = merge(base, area.value, theirs);
    base = theirs;
    version = theirVersion;
    if (united === null) {
      show("conflict");
      showBoth(area, theirs, (text) => {
        put(text);
        show("typing");
        later(0);
      });
      return;
    }
    put(united);
    if (united === theirs) {
      localStorage.removeItem(key);
      show("saved");
    } else {
      show("typing");
      later(300);
    }
  }

  area.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify({ text: area.value, base, version }));
    if (state === "conflict") return;
    if (state !== "saving") show("typing");
    later(600);
  });
  area.addEventListener("blur", () => {
    if (state === "typing") later(0);
  });
  // Somebody else's text, by the live channel.
  area.addEventListener("live:value", (event) => {
    const { value, version: theirVersion } = (event as CustomEvent<{ value: string; version: string }>)
      .detail;
    if (String(theirVersion) !== String(version) && state !== "saving" && state !== "conflict")
      reconcile(value, String(theirVersion));
  });
  window.addEventListener("online", () => {
    if (state === "offline") later(0);
  });
  window.addEventListener("beforeunload", (event) => {
    if (area.isConnected && state !== "saved") event.preventDefault();
  });

  const stored = localStorage.getItem(key);
  if (stored) {
    const left: { text: string; base: string; version: string } = JSON.parse(stored);
    const now = { text: base, version };
    base = left.base;
    put(left.text);
    reconcile(now.text, now.version);
  }
}

function showBoth(area: HTMLTextAreaElement, theirs: string, choose: (text: string) => void): void {
  const box = document.createElement("div");
  box.className = "alert bad no-print";
  box.setAttribute("role", "alert");
  const inner = document.createElement("div");
  inner.className = "alert-text stack tight";
  const words = document.createElement("p");
  words.className = "strong";
  words.textContent = "Somebody else changed the same lines. Yours stays in the field; theirs is here.";
  const text = document.createElement("textarea");
  text.className = "input";
  text.readOnly = true;
  text.value = theirs;
  text.setAttribute("aria-label", "Their text");
  const actions = document.createElement("div");
  actions.className = "row";
  for (const [label, make] of [
    ["Keep mine", () => area.value],
    ["Take theirs", () => theirs],
    ["Put both", () => `${theirs}\n\n${area.value}`],
  ] as const) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = label;
    button.addEventListener("click", () => {
      box.remove();
      choose(make());
      area.focus();
    });
    actions.append(button);
  }
  const icon = document.createElement("i");
  icon.className = "i i-circle-alert";
  inner.append(words, text, actions);
  box.append(icon, inner);
  area.after(box);
}
