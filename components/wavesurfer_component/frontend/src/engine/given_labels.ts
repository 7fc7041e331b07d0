/** The labels that can be given to something new: not those that managers gave up. */
import type { Label } from "../api/answers";

export const given = (labels: readonly Label[]): Label[] => labels.filter((label) => !label.deprecated);
