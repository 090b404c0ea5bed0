// The one script of every page. Each island is one behaviour, found by a data attribute; every page works without.
import htmx from "htmx.org/dist/htmx.esm.js";
import "./clock.ts";
import "./copy.ts";
import "./dialogs.ts";
import "./forms.ts";
import "./fragments.ts";
import { forgetSent } from "./keep.ts";
import "./keys.ts";
import "./menu.ts";
import { begin, mount } from "./mount.ts";
import "./scroll.ts";
import "./times.ts";
import "./zone.ts";

declare global {
  interface Window {
    htmx?: { process(element: Element): void };
  }
}

window.htmx = htmx;

// Loaded only where they are used.
mount<HTMLTextAreaElement>("textarea[data-autosave]", async (area) =>
  (await import("./autosave.ts")).autosave(area),
);
mount<HTMLTextAreaElement>("textarea[data-together]", async (area) =>
  (await import("./together.ts")).together(area),
);
mount<HTMLElement>("#margin", async (section) => (await import("./margin.ts")).margin(section));
mount<HTMLElement>("[data-comment]", async () => void (await import("./margin.ts")));
mount<HTMLElement>(".prose code.language-mermaid", async (code) =>
  (await import("./diagrams.ts")).diagram(code),
);
mount<HTMLElement>("[data-live]", async (root) => (await import("./live.ts")).live(root));
document.addEventListener("keydown", async (event) => {
  if (
    event.defaultPrevented ||
    event.key.toLowerCase() !== "k" ||
    !(event.ctrlKey || event.metaKey) ||
    event.altKey
  )
    return;
  if (!document.querySelector(".nav")) return;
  event.preventDefault();
  (await import("./palette.ts")).toggle();
});
forgetSent();
begin();
