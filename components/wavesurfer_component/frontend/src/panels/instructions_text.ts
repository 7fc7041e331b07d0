/** The instructions of a project as elements: text goes in as text, links open elsewhere. */
import { el } from "../dom";
import { type Block, type Inline, parseMarkdown } from "./markdown";

/** The panel has a heading itself; those in it are below that. */
const HEADINGS = ["h4", "h5", "h6"] as const;

export function instructionsText(text: string): HTMLElement[] {
  return parseMarkdown(text).map(drawn);
}

function drawn(block: Block): HTMLElement {
  switch (block.kind) {
    case "heading":
      return el(HEADINGS[Math.min(block.level, HEADINGS.length) - 1]!, {}, ...block.inner.map(inline));
    case "paragraph":
      return el("p", {}, ...block.inner.map(inline));
    case "list": {
      const items = block.items.map((one) => el("li", {}, ...one.flatMap((inner, at) => (at === 0 && inner.kind === "paragraph" ? inner.inner.map(inline) : [drawn(inner)]))));
      return block.ordered ? el("ol", { start: block.start }, ...items) : el("ul", {}, ...items);
    }
    case "quote":
      return el("blockquote", {}, ...block.inner.map(drawn));
    case "code":
      return el("pre", {}, block.text);
    case "rule":
      return el("hr");
  }
}

function inline(one: Inline): Node | string {
  if (typeof one === "string") return one;
  if (one.kind === "code") return el("code", {}, one.text);
  const inner = one.inner.map(inline);
  return one.kind === "link" ? el("a", { href: one.to, target: "_blank", rel: "noreferrer" }, ...inner) : el(one.kind, {}, ...inner);
}
