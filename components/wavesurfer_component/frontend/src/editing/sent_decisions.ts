/** Decisions on suggestions on their way to the server: sent until it has them, taken back on the screen when it refuses. */
import type { Annotation } from "../api/answers";
import type { Api } from "../api/api";
import { t } from "../i18n";
import type { Scope } from "../scope";
import { PendingDecisions } from "./pending_decisions";
import { browserStore } from "./storage";
import type { Store } from "./store";

export interface SentDecisionPorts {
  complain(text: string): void;
  refresh(): void;
}

export function sentDecisions(api: Api, task: string, { user }: Annotation, client: string, store: Store, { complain, refresh }: SentDecisionPorts, scope: Scope): PendingDecisions {
  const pending = new PendingDecisions(browserStore(), `labelbuddy:decisions:${user}:${task}:`, client, {
    send: (decisions) => api.decide(task, decisions),
    refused: (decisions, why) => {
      for (const { prediction, region, decision } of decisions) store.setDecision(prediction, region, decision !== "rejected");
      complain(t("The suggestion is as it was: {why}", { why }));
      refresh();
    },
    adopted: (decisions) => {
      for (const { prediction, region, decision } of decisions) store.setDecision(prediction, region, decision === "rejected");
      refresh();
    },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ended: () => scope.ended,
    now: () => Date.now(),
  });
  scope.every(2000, () => pending.touch());
  scope.onWindow("pagehide", () => pending.part());
  store.pending = () => pending.all;
  return pending;
}
