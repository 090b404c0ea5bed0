// The form around the editor still sends the text: its field follows, and it goes when everything typed is on disk.
import { say } from "../say.ts";
import type { Opened } from "./editor.ts";

/** The field follows this long after the last key. */
const FOLLOWS = 150;

export function sending({ area, form, text, line }: Opened): void {
  const follow = () => {
    area.value = text.toString();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  text.observe(() => {
    clearTimeout(timer);
    timer = setTimeout(follow, FOLLOWS);
  });
  follow();
  for (const event of ["click", "htmx:config:request"])
    document.addEventListener(event, follow, { capture: true });
  const written = document.createElement("input");
  written.type = "hidden";
  written.name = "together";
  written.value = "1";
  form?.append(written);
  form?.addEventListener(
    "submit",
    (event) => {
      if (line.unsaved === 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      if (line.state.kind !== "saving") {
        say("There is no connection. What you typed is kept here; please try again in a moment.");
        return;
      }
      line.settled().then(() => form.requestSubmit(submitter));
    },
    { capture: true },
  );
}
