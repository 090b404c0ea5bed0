// Menus are <details>: they also close on Escape, on a click elsewhere and when the focus leaves.

function close(except: Element | null): void {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.removeAttribute("open");
  }
}

function menuOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest("details.menu") : null;
}

document.addEventListener("click", (event) => close(menuOf(event.target)));
document.addEventListener("focusin", (event) => close(menuOf(event.target)));
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
});
