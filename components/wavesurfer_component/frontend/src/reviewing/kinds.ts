/** The kinds of disagreement in words. */
import { t } from "../i18n";
import type { Kind } from "./disagreements";

export function kindName(kind: Kind): string {
  if (kind === "missing") return t("missing");
  if (kind === "label") return t("label");
  if (kind === "boundary") return t("boundary");
  if (kind === "tags") return t("tags");
  return kind === "caption" ? t("caption") : t("beats");
}
