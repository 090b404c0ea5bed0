// Finds the elements a behaviour belongs to: those there now, and those that come later with a fragment.

type Start<E extends Element> = (element: E) => void | Promise<void>;

const behaviours: { selector: string; start: Start<Element>; started: WeakSet<Element> }[] = [];

export function mount<E extends Element>(selector: string, start: Start<E>): void {
  behaviours.push({ selector, start: start as Start<Element>, started: new WeakSet() });
}

export function begin(): void {
  scan(document.documentElement);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node instanceof Element) scan(node);
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
}

function scan(root: Element): void {
  for (const { selector, start, started } of behaviours) {
    const found = root.matches(selector) ? [root] : [];
    for (const element of [...found, ...root.querySelectorAll(selector)]) {
      if (started.has(element)) continue;
      started.add(element);
      void start(element);
    }
  }
}
