// htmx swaps what a form answers, whatever its status. A form of ours may also just redirect, be refused, or find
// nobody signed in: then the page must not end up inside a part of itself.
import { say } from "./say.ts";

type Exchange = {
  ctx: {
    target?: Element;
    sourceElement?: Element;
    select?: string;
    swap?: string;
    text: string;
    response?: { raw: Response; status: number };
  };
};

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = (event as CustomEvent<Exchange>).detail;
  const raw = ctx.response?.raw;
  const form = ctx.sourceElement;
  // A form that adds something is empty again once it has; a live update may have put a new one in its place.
  if (raw?.ok && form instanceof HTMLFormElement && form.dataset.reset !== undefined)
    ((document.getElementById(form.id) as HTMLFormElement | null) ?? form).reset();
  if (!raw?.redirected) return;
  if (new URL(raw.url).pathname.startsWith("/sign-in")) location.assign(raw.url);
  else if (ctx.target?.id && /^\s*<!doctype/i.test(ctx.text)) ctx.select ??= `#${CSS.escape(ctx.target.id)}`;
});

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = (event as CustomEvent<Exchange>).detail;
  const status = ctx.response?.status ?? 0;
  if (status === 422) return;
  ctx.swap = "none";
  if (status === 401) say("You are signed out. Sign in again in another tab; nothing here is lost.");
  else if (status === 404) say("This is no longer here, or no longer yours to see.");
  else if (status === 409) say("Somebody changed this meanwhile. Load the page again to see it.");
  else if (status === 429) say("Too many requests. Wait a moment and try again.");
  else say("The server could not do this. Nothing was changed; try again in a moment.");
});

document.addEventListener("htmx:error", () => say("No connection. Nothing was changed; try again."));
