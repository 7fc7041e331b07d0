/** Finds in the syntax of a source which texts are messages, and which look like texts for people but are none. */
import { parseAst } from "rolldown/parseAst";

export interface Call {
  name: "t" | "msg" | "plural";
  /** The texts that are given as they are; null for one that is put together or chosen in the call. */
  texts: (string | null)[];
  /** What fills the holes, where that can be read; null where it cannot. */
  values: string[] | null;
  /** Whether it runs when the module is loaded. */
  early: boolean;
  line: number;
}

export interface Found {
  text: string;
  line: number;
}

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

/** A node that something lies in, and by which of its fields. */
interface Step {
  node: Node;
  key: string;
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** Call `visit` for every node that is not only about types, with what it lies in, the innermost first. */
function walk(node: Node, path: readonly Step[], visit: (node: Node, path: readonly Step[]) => void): void {
  if (node.type === "ImportDeclaration" || (node.type.startsWith("TS") && !isNode(node["expression"]) && !isNode(node["parameter"]))) return;
  visit(node, path);
  for (const [key, value] of Object.entries(node)) {
    if (node.type.startsWith("TS") && key !== "expression" && key !== "parameter") continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, [{ node, key }, ...path], visit);
  }
}

/** The name of what is called: `say` of `this.ports.say(…)`. */
function calledName(node: Node): string {
  const called = node["callee"] as Node | undefined;
  const named = called?.type === "MemberExpression" ? (called["property"] as Node) : called;
  return String(named?.["name"] ?? "");
}

/** What a literal says; a hole of a template is `{}`. */
function textOf(node: Node): string | null {
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : null;
  if (node.type !== "TemplateLiteral") return null;
  return (node["quasis"] as { value: { cooked: string } }[]).map((quasi) => quasi.value.cooked).join("{}");
}

const MESSAGES: Record<string, readonly number[]> = { t: [0], msg: [0], plural: [1, 2] };
const isMessage = (node: Node): boolean => node.type === "CallExpression" && (node["callee"] as Node).type === "Identifier" && calledName(node) in MESSAGES;
const LATER = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|PropertyDefinition)$/;

/** Where messages are marked or looked up. */
export function callsOf(source: string): Call[] {
  const calls: Call[] = [];
  walk(parsed(source), [], (node, path) => {
    if (!isMessage(node)) return;
    const name = calledName(node) as Call["name"];
    const given = node["arguments"] as Node[];
    const texts = MESSAGES[name]!.flatMap((index) => messageOf(given[index]!));
    const early = name !== "msg" && !path.some((step) => LATER.test(step.node.type));
    calls.push({ name, texts, values: valuesOf(given[MESSAGES[name]!.at(-1)! + 1], name), early, line: lineAt(source, node.start) });
  });
  return calls;
}

/** Nothing for what a table holds. */
function messageOf(node: Node): (string | null)[] {
  if (node.type === "Literal") return [textOf(node)];
  let plain = true;
  walk(node, [], (one, [inside]) => {
    if (textOf(one) !== null && inside?.key !== "property") plain = false;
  });
  return plain ? [] : [null];
}

function valuesOf(node: Node | undefined, name: string): string[] | null {
  if (node && node.type !== "ObjectExpression") return null;
  const properties = (node?.["properties"] ?? []) as Node[];
  if (properties.some((one) => one.type !== "Property")) return null;
  return [...(name === "plural" ? ["count"] : []), ...properties.map((one) => String((one["key"] as Node)["name"]))];
}

/** Texts that look as if people read them, and that are no messages. */
export function unmarked(source: string): Found[] {
  const found: Found[] = [];
  walk(parsed(source), [], (node, path) => {
    const text = textOf(node);
    if (text === null || isExempt(node, path)) return;
    if (looksLikeText(text) || (/\p{L}{2}/u.test(withoutUnits(text)) && isShown(node, path))) found.push({ text, line: lineAt(source, node.start) });
  });
  return found;
}

/** Symbols of units are the same in every language. */
const withoutUnits = (text: string): string => text.replace(/(^|[ }])(Hz|kHz|dB|ms|s)(?![\p{L}])/gu, "$1");

/** Words with a space between them or beside a hole, or a beginning like that of a sentence or a name. */
function looksLikeText(text: string): boolean {
  const said = withoutUnits(text);
  const parts = said.split(/\s+/).filter(Boolean);
  return /^[^\p{L}{]*\p{Lu}\p{Ll}/u.test(said) || (parts.length > 1 && parts.some((part) => /^\P{L}*\p{L}[\p{L}’'-]*\p{L}[^\p{L}{]*$/u.test(part) && !/[\d/=]/.test(part)));
}

/** Calls whose texts the browser reads. */
const OF_THE_BROWSER = /^(querySelector|querySelectorAll|getModifierState|RegExp|toggle|add|remove|contains|replace|closest|matchMedia)$/;

/** Messages; what is compared or looked up; and what only the browser reads. */
function isExempt(node: Node, path: readonly Step[]): boolean {
  const [{ node: parent, key }] = path as [Step];
  if (isMessage(parent)) return key === "arguments" && MESSAGES[calledName(parent)]!.includes((parent["arguments"] as Node[]).indexOf(node));
  if (parent.type === "BinaryExpression") return /^(===|!==|in)$/.test(String(parent["operator"]));
  if (parent.type === "SwitchCase" || parent.type === "ImportExpression" || parent.type === "ExpressionStatement") return true;
  if ((parent.type === "Property" || parent.type === "PropertyDefinition") && key === "key") return true;
  if (parent.type === "MemberExpression" && key === "property") return true;
  return path.some(({ node: one, key: by }) => {
    if (one.type === "CallExpression" || one.type === "NewExpression") return by === "arguments" && OF_THE_BROWSER.test(calledName(one));
    if (one.type === "Property") return by === "value" && /^(class|keys)$/.test(nameOf(one["key"] as Node));
    return one.type === "AssignmentExpression" && by === "right" && /^(className|font|cursor)$/.test(nameOf((one["left"] as Node)["property"] as Node | undefined));
  });
}

const nameOf = (node: Node | undefined): string => String(node?.["name"] ?? node?.["value"] ?? "");

const SHOWN_FIELDS = /^(title|aria-label|placeholder|alt|textContent)$/;
const SHOWING_CALLS = /^(say|complain|tell|section|button|setCustomValidity|fillText|Error)$/;
/** What hands a text on to what it lies in. */
const THROUGH = /^(ConditionalExpression|LogicalExpression|TemplateLiteral|BinaryExpression|MemberExpression|ObjectExpression|ArrayExpression|Property|SpreadElement|TSAsExpression|TSNonNullExpression)$/;

/** Whether a text ends up where people read: also a single small word does. */
function isShown(text: Node, path: readonly Step[]): boolean {
  let inside = text;
  for (const { node, key } of path) {
    if (node.type === "AssignmentExpression") return key === "right" && SHOWN_FIELDS.test(nameOf((node["left"] as Node)["property"] as Node | undefined));
    if (node.type === "Property" && SHOWN_FIELDS.test(nameOf(node["key"] as Node))) return key === "value";
    if (node.type === "CallExpression" || node.type === "NewExpression") {
      const at = (node["arguments"] as Node[]).indexOf(inside);
      return calledName(node) === "el" ? at > 1 : SHOWING_CALLS.test(calledName(node)) && at >= 0;
    }
    if (!THROUGH.test(node.type) || key === "test") return false;
    inside = node;
  }
  return false;
}

const kept = new Map<string, Node>();

function parsed(source: string): Node {
  let program = kept.get(source);
  if (!program) kept.set(source, (program = parseAst(source, { lang: "ts" }) as unknown as Node));
  return program;
}

const lineAt = (source: string, start: number): number => source.slice(0, start).split("\n").length;
