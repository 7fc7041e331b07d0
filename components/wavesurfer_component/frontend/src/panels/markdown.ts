/**
 * Markdown as managers write it into instructions: headings, lists, emphasis, code, quotes and links. Markup of HTML is text like any
 * other, and what is not known here stays as it was typed.
 */

export type Inline = string | { kind: "strong" | "em"; inner: Inline[] } | { kind: "code"; text: string } | { kind: "link"; to: string; inner: Inline[] };

export type Block =
  | { kind: "heading"; level: number; inner: Inline[] }
  | { kind: "paragraph"; inner: Inline[] }
  | { kind: "list"; ordered: boolean; start: number; items: Block[][] }
  | { kind: "quote"; inner: Block[] }
  | { kind: "code"; text: string }
  | { kind: "rule" };

/** Lists in lists, and emphasis in emphasis, deeper than this are plain text. */
const DEEPEST = 8;

const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/;
const RULE = /^ {0,3}([-*_])([ \t]*\1){2,}[ \t]*$/;
const FENCE = /^ {0,3}(```|~~~)/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3}(?:[-*+]|(\d{1,9})[.)])[ \t]+)(.*)$/;

export function parseMarkdown(text: string): Block[] {
  return blocksOf(text.replace(/\r\n?/g, "\n").replace(/\t/g, "    ").split("\n"), 0);
}

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const found: Block[] = [];
  let at = 0;
  /** The lines from here on as long as they pass. */
  const take = (passes: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && passes(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = HEADING.exec(line);
    const fence = FENCE.exec(line)?.[1];
    if (!line.trim()) at++;
    else if (heading) {
      found.push({ kind: "heading", level: heading[1]!.length, inner: inlineOf(heading[2]!) });
      at++;
    } else if (RULE.test(line)) {
      found.push({ kind: "rule" });
      at++;
    } else if (fence) {
      at++;
      found.push({ kind: "code", text: take((one) => !one.trimStart().startsWith(fence)).join("\n") });
      at++;
    } else if (QUOTE.test(line) && depth < DEEPEST) {
      found.push({ kind: "quote", inner: blocksOf(take((one) => QUOTE.test(one)).map((one) => one.replace(QUOTE, "")), depth + 1) });
    } else if (ITEM.test(line) && depth < DEEPEST) {
      found.push(listOf(take(inList(line)), depth));
    } else {
      at++;
      const more = take((one) => Boolean(one.trim()) && !beginsBlock(one));
      found.push({ kind: "paragraph", inner: inlineOf([line, ...more].map((one) => one.trim()).join("\n")) });
    }
  }
  return found;
}

function beginsBlock(line: string): boolean {
  return [HEADING, RULE, FENCE, QUOTE, ITEM].some((one) => one.test(line));
}

/** What belongs to the list that begins with this line: its items, what is indented below them, and what goes on without a gap. */
function inList(first: string): (line: string) => boolean {
  const ordered = isOrdered(first);
  let gap = false;
  return (line) => {
    const item = ITEM.test(line) && !RULE.test(line) && isOrdered(line) === ordered;
    const inner = /^ {2}/.test(line);
    const belongs = !line.trim() || item || inner || (!gap && !beginsBlock(line));
    gap = !line.trim();
    return belongs;
  };
}

function isOrdered(line: string): boolean {
  return ITEM.exec(line)?.[2] !== undefined;
}

function listOf(lines: readonly string[], depth: number): Block {
  const items: string[][] = [];
  let indent = 0;
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item && (!items.length || leading(line) < Math.max(2, indent))) {
      indent = item[1]!.length;
      items.push([item[3]!]);
    } else items[items.length - 1]!.push(line.slice(Math.min(indent, leading(line))));
  }
  const number = ITEM.exec(lines[0]!)![2];
  return { kind: "list", ordered: number !== undefined, start: Number(number ?? 1), items: items.map((one) => blocksOf(one, depth + 1)) };
}

const leading = (line: string): number => line.length - line.trimStart().length;

/** Escaped signs, code, links and images, strong, emphasis, bare addresses. */
const SPANS = new RegExp(
  [
    /\\(?<escaped>[\\`*_{}[\]()#+\-.!>~|])/,
    /`(?<code>[^`\n]+)`/,
    /!?\[(?<name>[^\]\n]{1,500})\]\((?<to>[^)\s]{1,2000})(?: +"[^"\n]*")?\)/,
    /(?<twice>\*\*|(?<!\w)__)(?=\S)(?<strong>[^]{1,2000}?)(?<=\S)\k<twice>(?!\*)/,
    /(?<once>\*|(?<!\w)_)(?=[^\s*_])(?<em>[^]{1,2000}?)(?<=\S)\k<once>(?!\w)/,
    /<?(?<address>https?:\/\/[^\s<>]{1,2000}[^\s<>.,;:!?)"'])>?/,
  ]
    .map((one) => one.source)
    .join("|"),
  "g",
);
const SAFE = /^(https?:\/\/|mailto:)/i;

function inlineOf(text: string, depth = 0): Inline[] {
  if (depth > DEEPEST) return [text];
  const found: Inline[] = [];
  let from = 0;
  const plain = (more: string): void => {
    if (typeof found[found.length - 1] === "string") found[found.length - 1] += more;
    else if (more) found.push(more);
  };
  for (const match of text.matchAll(SPANS)) {
    const [whole] = match;
    const { escaped, code, name, to, strong, em, address } = match.groups as Partial<Record<string, string>>;
    plain(text.slice(from, match.index));
    from = match.index + whole.length;
    if (escaped !== undefined) plain(escaped);
    else if (code !== undefined) found.push({ kind: "code", text: code });
    else if (strong !== undefined) found.push({ kind: "strong", inner: inlineOf(strong, depth + 1) });
    else if (em !== undefined) found.push({ kind: "em", inner: inlineOf(em, depth + 1) });
    else if (address !== undefined) found.push({ kind: "link", to: address, inner: [address] });
    else if (SAFE.test(to!)) found.push({ kind: "link", to: to!, inner: inlineOf(name!, depth + 1) });
    else plain(whole); // `javascript:` and the like
  }
  plain(text.slice(from));
  return found;
}
