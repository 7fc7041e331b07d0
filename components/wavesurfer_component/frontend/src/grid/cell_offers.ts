/** What a cell of the region grid offers while it is edited: words of a vocabulary, choices, tiers. */
import type { Label } from "../api/answers";
import { completions } from "../engine/vocabularies";
import { answerOffers, askedIn, choicesLike, isAnswer } from "./answers";
import type { EditedColumn, GridEditing } from "./cell_edits";
import type { CellKind, Offers } from "./cell_input";

/** Null where anything may be typed. */
export function offersFor(column: EditedColumn, label: Label, editing: GridEditing): Omit<Offers, "over"> | null {
  if (isAnswer(column)) {
    const attribute = askedIn(column, label);
    const of = attribute && answerOffers(attribute);
    return of && { of, whole: true };
  }
  if (column === "text") return label.vocabulary === "free" ? null : { of: (typed) => completions(label, typed), whole: false };
  return column === "tier" ? { of: (typed) => choicesLike(editing.tiers?.() ?? [], typed), whole: true } : null;
}

export function kindOf(column: EditedColumn, label: Label): CellKind {
  if (isAnswer(column)) {
    const kind = askedIn(column, label)?.kind;
    return kind === "text" ? "text" : kind === "number" || kind === "rating" ? "time" : "word";
  }
  return column === "text" ? "text" : column === "tier" || column === "label" ? "word" : "time";
}
