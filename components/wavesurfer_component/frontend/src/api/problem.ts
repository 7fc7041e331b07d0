/** What the server refuses, in the reader's language. */
import { spoken, t } from "../i18n";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly body: Record<string, unknown>,
  ) {
    super(message);
  }
}

/** The last part of the type of a problem document. */
export function kindOf(problem: Record<string, unknown>): string {
  return String(problem["type"] ?? "").replace("urn:labelbuddy:", "");
}

/** What the server said, in the reader's language. */
export async function inOwnWords(kind: string, detail: string): Promise<string> {
  if (spoken() === "en") return detail;
  const messages = await import("../server_messages").catch(() => null); // what cannot be fetched now leaves the server's words
  return messages?.told(kind, detail) ?? detail;
}

/** What browsers say about it is in their own words, and in English. */
export function unreachable(): never {
  throw new Error(t("The server cannot be reached. Check the connection, then try again."));
}

/** The problem document of an answer that is none. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const kind = kindOf(body);
  return new Problem(response.status, kind, await inOwnWords(kind, String(body["detail"] ?? response.statusText)), body);
}
