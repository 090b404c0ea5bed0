// What scrolls sideways can be reached by keyboard, and the document's outline shows where one is.
import { mount } from "./mount.ts";

mount<HTMLElement>(".prose pre, .prose table, .table-wrap, .board", (box) => {
  const check = () => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  };
  check();
  window.addEventListener("resize", check);
});

// On a narrow page the tabs scroll, and the current one is to be seen.
mount<HTMLElement>(".tabs [aria-current]", (tab) => {
  const tabs = tab.closest<HTMLElement>(".tabs");
  if (tabs) tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.clientWidth) / 2 - tabs.offsetLeft;
});

mount<HTMLElement>(".outline", (outline) => {
  const links = new Map<Element, Element>();
  for (const link of outline.querySelectorAll<HTMLAnchorElement>("a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const seen = new IntersectionObserver(
    (entries) => {
      const entry = entries.find((entry) => entry.isIntersecting);
      if (!entry) return;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target)?.setAttribute("aria-current", "true");
    },
    { rootMargin: "-64px 0px -70% 0px" },
  );
  for (const heading of links.keys()) seen.observe(heading);
});
