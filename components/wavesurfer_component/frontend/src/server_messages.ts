/**
 * What the server says when it refuses something, in the reader's language. The server speaks English: sentences that are met in the
 * editor are known here word by word (a test holds them against the server's sources), others are introduced by what kind of
 * refusal they are.
 */
import { msg, t } from "./i18n";

/** By the last part of a problem document's type; those with a hole go on with what the server said. */
export const KINDS: Readonly<Record<string, string>> = {
  unauthenticated: msg("You are not signed in any more. Sign in again; what you did is kept in this browser."),
  "somebody-else": msg("Somebody else signed in with this browser. Sign in as yourself again, or reload this page to work as them."),
  forbidden: msg("You may not do that: {detail}"),
  "not-found": msg("That is not there, or not for you: {detail}"),
  stale: msg("Somebody changed this in the meantime: {detail}"),
  "invalid-state": msg("That is not possible now: {detail}"),
  "too-large": msg("That is too large: {detail}"),
  invalid: msg("The server did not take that: {detail}"),
  "locked-out": msg("Too many attempts: {detail}"),
  busy: msg("The server has too much to do. Try again in a moment."),
  database: msg("The server's database cannot be used. Nothing was saved; tell whoever looks after it."),
  "disk-full": msg("The server's disk is full. Nothing was saved; tell whoever looks after it."),
  audio: msg("That cannot be used as audio: {detail}"),
  specification: msg("The model's file has a mistake: {detail}"),
  model: msg("The model did not answer properly: {detail}"),
  internal: msg("Something went wrong on the server: {detail}"),
};

/** As the server writes them, with names in the places of what it fills in. */
export const SENTENCES: readonly string[] = [
  msg("This project was deleted, or you are not in it (any more)."),
  msg("This recording was deleted, or it is not in your queue (any more), or you are no longer in the project."),
  msg("This annotation was deleted or taken back, or it is not for you (any more)."),
  msg("There is no job {job}."),
  msg("There are no suggestions for you in this task."),
  msg("This task is not in your queue."),
  msg("This task is not in your review queue."),
  msg("This annotation is {state} and cannot be changed; withdraw it first."),
  msg("Another tab began this annotation."),
  msg("Revision {revision} was saved in the meantime, yours began at {base}."),
  msg("A newer revision was saved; look at it before you submit."),
  msg("A newer revision was saved; look at it first."),
  msg("This annotation was sent back. Change it before you submit it again."),
  msg("There is nothing handed in that could be withdrawn."),
  msg("You have not saved anything in this task."),
  msg("“{question}” is not answered for {label} at {seconds} s. Answer it, then submit again."),
  msg("A region of {label} lasts at least {least} s, this one {seconds} s."),
  msg("Regions of {label} must not overlap: the one from {start} to {end} s meets the one from {other} to {last} s."),
  msg("“{label}” is not given any more; choose another label."),
  msg("Say why you skip this task."),
  msg("You have handed this task in already; there is nothing to skip."),
  msg("{recording} is not ready yet."),
  msg("{recording} is still being analyzed; look again in a while."),
  msg("This recording is still being analyzed; zoom in, or look again in a while."),
  msg("This project does not use that model; a manager can link it on the project page."),
  msg("This job has already {state}."),
  msg("Nobody reviews their own annotation."),
  msg("This annotation is {state}; only a submitted one can be reviewed."),
  msg("{holder} is reviewing this annotation now; take another one, or wait until it is free."),
  msg("The annotation changed since you opened it; reload it."),
  msg("An annotation with rejected regions cannot be approved; reject it as a whole."),
  msg("Say what should be changed, overall or on a region."),
  msg("You have annotated this task; somebody else writes its ground truth."),
  msg("Somebody else wrote this ground truth in the meantime."),
  msg("The audio is missing from the storage; ask a manager to upload it again."),
  msg("The recording was deleted."),
  msg("Your account is gone."),
];

/** States of annotations and jobs, which are words inside sentences. */
const STATES: Readonly<Record<string, string>> = {
  submitted: msg("submitted"),
  approved: msg("approved"),
  rejected: msg("sent back"),
  draft: msg("draft"),
  succeeded: msg("succeeded"),
  failed: msg("failed"),
  cancelled: msg("cancelled"),
};

/** A problem of the server in the reader's language; what is not known stays as the server said it. */
export function told(kind: string, detail: string): string {
  for (const sentence of SENTENCES) {
    const values = valuesOf(sentence, detail);
    if (values) return t(sentence, values);
  }
  const known = KINDS[kind];
  return known === undefined ? detail : t(known, { detail });
}

function valuesOf(sentence: string, detail: string): Record<string, string> | null {
  const holes = [...sentence.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]!);
  const parts = sentence.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = new RegExp(`^${parts.join("(.+)")}$`, "s").exec(detail);
  return found && Object.fromEntries(holes.map((hole, at) => [hole, hole === "state" ? stateName(found[at + 1]!) : found[at + 1]!]));
}

function stateName(state: string): string {
  return state in STATES ? t(STATES[state]!) : state;
}
