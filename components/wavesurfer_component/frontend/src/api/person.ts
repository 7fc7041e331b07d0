/** Whose page asks: the session of a browser may become somebody else's while a page is open, in another tab. */

/** The header by which the server refuses what the page of one person asks in the session of another. */
export function askingAs(person: string | undefined): Record<string, string> {
  return person ? { "LabelBuddy-Person": person } : {};
}
