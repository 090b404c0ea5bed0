// Libraries that style what they draw write <style> elements and style attributes, which the content security policy rightly
// leaves without effect. What our own scripts put under `root` is applied through the style object model instead, which the
// policy allows, until the answer is called.

export function adopt(root: Element): () => void {
  const sheets = new Map<HTMLStyleElement | SVGStyleElement, CSSStyleSheet>();
  const sheetOf = (style: HTMLStyleElement | SVGStyleElement) => {
    let sheet = sheets.get(style);
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheets.set(style, sheet);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    }
    sheet.replaceSync(style.textContent ?? "");
  };
  const isStyle = (node: Node | null): node is HTMLStyleElement | SVGStyleElement =>
    node instanceof HTMLStyleElement || node instanceof SVGStyleElement;
  const take = (element: Element) => {
    if (isStyle(element)) sheetOf(element);
    const style = element.getAttribute("style");
    if (!style || !(element instanceof HTMLElement || element instanceof SVGElement)) return;
    if (element.style.length === 0) element.style.cssText = style;
  };
  const walk = (node: Node) => {
    if (!(node instanceof Element)) return;
    take(node);
    for (const inside of node.querySelectorAll("style, [style]")) take(inside);
  };
  walk(root);
  const seen = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") take(target as Element);
      else if (isStyle(target)) sheetOf(target);
      else for (const node of addedNodes) walk(node);
    }
  });
  seen.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["style"] });
  return () => {
    seen.disconnect();
    const own = [...sheets.values()];
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !own.includes(sheet));
  };
}
