// data-copy="text": puts the text on the clipboard. The button stays hidden where the browser forbids it.
import { mount } from "./mount.ts";
import { say } from "./say.ts";

mount<HTMLButtonElement>("[data-copy]", (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
      say("Copied.");
    } catch {
      say("The browser did not allow copying. Select the text and copy it by hand.");
    }
  });
});
