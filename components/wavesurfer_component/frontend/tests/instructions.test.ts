import { describe, expect, it } from "vitest";
import { InstructionsMemory } from "../src/panels/instructions";
import { type Block, type Inline, parseMarkdown } from "../src/panels/markdown";

const p = (...inner: Inline[]): Block => ({ kind: "paragraph", inner });
const inline = (text: string): Inline[] => (parseMarkdown(text)[0] as { inner: Inline[] }).inner;
const em = (...inner: Inline[]): Inline => ({ kind: "em", inner });
const strong = (...inner: Inline[]): Inline => ({ kind: "strong", inner });
const link = (to: string, ...inner: Inline[]): Inline => ({ kind: "link", to, inner });

describe("instructions", () => {
  it("have headings, paragraphs, quotes, rules and code", () => {
    expect(parseMarkdown("# What to do\nMark every siren,\nalso faint ones.\n\n> Doubt? Skip.\n\n---\n```\n# as it is\n```")).toEqual([
      { kind: "heading", level: 1, inner: ["What to do"] },
      p("Mark every siren,\nalso faint ones."),
      { kind: "quote", inner: [p("Doubt? Skip.")] },
      { kind: "rule" },
      { kind: "code", text: "# as it is" },
    ]);
  });
  it("have lists, with lists in them, numbered ones from where they begin", () => {
    expect(parseMarkdown("- one\n  1. inner\n  2. second\n- two\n  goes on\n\nafter")).toEqual([
      { kind: "list", ordered: false, start: 1, items: [[p("one"), { kind: "list", ordered: true, start: 1, items: [[p("inner")], [p("second")]] }], [p("two\ngoes on")]] },
      p("after"),
    ]);
    expect(parseMarkdown("3. three\n4. four")).toEqual([{ kind: "list", ordered: true, start: 3, items: [[p("three")], [p("four")]] }]);
  });
  it("a list of another kind begins a new list", () => {
    expect(parseMarkdown("- a\n1. b").map((one) => one.kind)).toEqual(["list", "list"]);
  });
  it.each<[string, Inline[]]>([
    ["a **strong *and* weak** word", ["a ", strong("strong ", em("and"), " weak"), " word"]],
    ["_so_ but snake_case_names and 2 * 3 * 4", [em("so"), " but snake_case_names and 2 * 3 * 4"]],
    ["press `Shift+*`", ["press ", { kind: "code", text: "Shift+*" }]],
    ["\\*not emphasis\\*", ["*not emphasis*"]],
    ["see [the guide](https://example.org/a_b_c)", ["see ", link("https://example.org/a_b_c", "the guide")]],
    ["see https://example.org/x.", ["see ", link("https://example.org/x", "https://example.org/x"), "."]],
    ["[ask](mailto:ada@example.org)", [link("mailto:ada@example.org", "ask")]],
  ])("%s", (text, expected) => expect(inline(text)).toEqual(expected));
  it.each(["<script>alert(1)</script>", "<b onclick=x>", "[x](javascript:alert)", "[x](data:text/html,1)", "![x](/api/v1/me)"])("%s stays text", (text) => {
    expect(parseMarkdown(text)).toEqual([p(text)]);
  });
  it("are read in reasonable depth and time, whatever somebody types", () => {
    const kinds = (text: string): string => parseMarkdown(text)[0]!.kind;
    expect([kinds("+ ".repeat(20_000)), kinds("> ".repeat(20_000)), kinds("*".repeat(49_999)), kinds("**a ".repeat(2000)), kinds("[".repeat(20_000))]).toEqual(["list", "quote", "rule", "paragraph", "paragraph"]);
  });
});

describe("the panel of instructions", () => {
  const kept = new Map<string, string>();
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => Boolean(kept.set(key, value)) };
  it("opens for a text that was not shown yet, then as it was left, and again for another text", () => {
    const memory = (text: string) => new InstructionsMemory(store, "k", text);
    expect(memory("Mark sirens.").opens).toBe(true);
    memory("Mark sirens.").keep(true);
    expect(memory("Mark sirens.").opens).toBe(true);
    memory("Mark sirens.").keep(false);
    expect(memory("Mark sirens.").opens).toBe(false);
    expect(memory("Mark horns.").opens).toBe(true);
    expect(new InstructionsMemory(store, "of somebody else", "Mark sirens.").opens).toBe(true);
  });
});
