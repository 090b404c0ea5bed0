declare module "turndown" {
  type Rule = {
    filter: string | ((node: Node) => boolean);
    replacement: (words: string, node: Node) => string;
  };
  export default class TurndownService {
    constructor(options: Record<string, string>);
    use(plugin: (service: TurndownService) => void): void;
    remove(tags: string[]): void;
    addRule(name: string, rule: Rule): void;
    turndown(node: Node): string;
  }
}

declare module "@joplin/turndown-plugin-gfm" {
  import type TurndownService from "turndown";
  export const gfm: (service: TurndownService) => void;
}
