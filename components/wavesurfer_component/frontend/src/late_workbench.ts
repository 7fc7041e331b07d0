/** Fetches what people work with; while it does not come, that is told. */
import { t } from "./i18n";
import { lateCode } from "./late_code";
import type { Notice } from "./panels/notice";
import type { Scope } from "./scope";

type Module = typeof import("./workbench");

const TOLD_MS = 3_600_000;

/** Null when the editor was left meanwhile. */
export async function fetchWorkbench(notice: Notice, scope: Scope): Promise<Module | null> {
  let hide = (): void => undefined;
  const late = await lateCode((address) => (address === null ? import("./workbench") : (import(address) as Promise<Module>)), {
    failed: () => {
      hide = notice.show(t("Panels and keys could not be loaded. Check the connection; it is tried again. If this stays, reload the page. Nothing is lost."), TOLD_MS);
    },
    ended: () => scope.ended,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  hide();
  return scope.ended ? null : late;
}
