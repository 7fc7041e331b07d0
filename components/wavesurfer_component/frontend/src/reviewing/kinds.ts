/** The kinds of disagreement in words. */
import { t } from "../i18n";
import type { Kind } from "./disagreements";

export function kindName(kind: Kind): string {
  if (kind === "missing") return t("missing");
  return kind === "label" ? t("label") : t("boundary");
}
