// form[data-keep]: what is typed survives a reload, a crash of the tab or a wrong click, until the server took it.
// form[data-warn] also asks before leaving with something unsent.
import { mount } from "./mount.ts";
import { say } from "./say.ts";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const PREFIX = "hardwon:form:";
const unsent = new Set<HTMLFormElement>();
const kept = new Set<string>();

function fields(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((field): field is Field => {
    if (field instanceof HTMLInputElement) {
      return !["hidden", "password", "file", "submit", "button"].includes(field.type) && field.name !== "";
    }
    return (field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) && field.name !== "";
  });
}

const isTick = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");

function read(form: HTMLFormElement): [string, string][] {
  return fields(form)
    .filter((field) => !isTick(field) || field.checked)
    .map((field) => [field.name, field.value]);
}

function write(form: HTMLFormElement, values: [string, string][]): void {
  for (const field of fields(form)) {
    if (isTick(field)) {
      field.checked = values.some(([name, value]) => name === field.name && value === field.value);
    } else {
      const value = values.find(([name]) => name === field.name);
      if (value) field.value = value[1];
    }
  }
}

mount<HTMLFormElement>("form[data-keep], form[data-warn]", (form) => {
  const key = `${PREFIX}${location.pathname}#${form.id || form.getAttribute("action") || ""}`;
  const sent = `${key}:sent`;
  const keeps = form.hasAttribute("data-keep");
  kept.add(key);
  const before = JSON.stringify(read(form));
  const refused = form.querySelector("[aria-invalid], .error") !== null;
  const stored = keeps ? sessionStorage.getItem(key) : null;
  // The server's answer to a refused form has everything that was typed: it wins.
  if (stored && stored !== before && !refused && !sessionStorage.getItem(sent)) {
    write(form, JSON.parse(stored));
    unsent.add(form);
    say("What you had typed here is back.");
  }
  sessionStorage.removeItem(sent);
  form.addEventListener("input", () => {
    const now = JSON.stringify(read(form));
    if (now === before) unsent.delete(form);
    else unsent.add(form);
    if (keeps) sessionStorage.setItem(key, now);
  });
  form.addEventListener("submit", () => {
    unsent.delete(form);
    if (keeps) sessionStorage.setItem(sent, "true");
  });
  form.addEventListener("reset", () => {
    unsent.delete(form);
    sessionStorage.removeItem(key);
  });
  form.addEventListener("htmx:after:swap", () => {
    sessionStorage.removeItem(key);
    sessionStorage.removeItem(sent);
  });
});

// A form that was sent is forgotten on the page that follows, unless that is a refusal or a way back to it.
export function forgetSent(): void {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const back = entry !== undefined && entry.type !== "navigate";
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(PREFIX) || !key.endsWith(":sent")) continue;
    const form = key.slice(0, -":sent".length);
    if (back) {
      sessionStorage.removeItem(key);
    } else if (!document.querySelector("form[data-keep] [aria-invalid]")) {
      sessionStorage.removeItem(form);
      sessionStorage.removeItem(key);
    }
  }
}

window.addEventListener("beforeunload", (event) => {
  if ([...unsent].some((form) => form.isConnected && form.hasAttribute("data-warn"))) event.preventDefault();
});
