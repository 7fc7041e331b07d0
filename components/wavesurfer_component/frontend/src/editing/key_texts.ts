/** What keys do, in words. */
import { t } from "../i18n";
import type { Binding } from "./key_map";
import { BINDINGS } from "./keys";
import { LIST_BINDINGS } from "./list_keys";

const TEXTS = new Map([...BINDINGS, ...LIST_BINDINGS].map(({ action, says, digits }) => [action, { says, ofDigit: digits?.says }]));

/** What a binding does. */
export function saysOf({ action, digit }: Binding): string {
  if (digit === undefined) return t(TEXTS.get(action)!.says);
  return t(TEXTS.get(action.slice(0, -digit.length - 1))!.ofDigit!, { digit });
}
