// Says a sentence to everybody: for a moment on the screen, and to a screen reader.

let hide: ReturnType<typeof setTimeout> | undefined;

export function say(sentence: string): void {
  const announce = document.getElementById("announce");
  if (announce) announce.textContent = sentence;
  let toast = document.querySelector<HTMLElement>(".toast");
  if (!toast) {
    toast = document.createElement("p");
    toast.className = "toast";
    toast.setAttribute("aria-hidden", "true");
    document.body.append(toast);
  }
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => {
    if (toast) toast.hidden = true;
  }, 4000);
}
