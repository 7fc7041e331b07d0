/** Which label new regions get, and the keys that mean labels: struck they pick one, held while listening they mark with it. */
import type { Label } from "../api/answers";
import { HeldLabel, type HeldPorts } from "./held_label";
import type { KeyPress } from "./key_press";

export interface LabelKeyPorts extends Omit<HeldPorts, "pick"> {
  /** A label was chosen for new regions and for what is selected. */
  picked(label: string): void;
}

export class LabelKeys {
  /** The label of new regions; "" in a project without labels. */
  active: string;
  private readonly held: HeldLabel;

  constructor(
    private readonly labels: readonly Label[],
    private readonly ports: LabelKeyPorts,
  ) {
    this.active = labels.find((one) => !one.deprecated)?.id ?? "";
    this.held = new HeldLabel({ ...ports, pick: (label) => this.pick(label) });
  }

  /** What would be marked if the held key went up now. */
  get ghost(): HeldLabel["ghost"] {
    return this.held.ghost;
  }

  of(key: string): Label | null {
    return this.labels.find((one) => one.key !== null && one.key.toLowerCase() === key.toLowerCase()) ?? null;
  }

  pick(id: string): void {
    if (!id) return;
    this.active = id;
    this.ports.picked(id);
  }

  /** A key that the map calls that of a label went down; `code` is its place on the keyboard. */
  down(key: string, code: string): void {
    this.held.down(this.of(key)?.id ?? "", code);
  }

  /** A key that means nothing else went down; true when it is a label's. What digits mean, the map says. */
  press(press: KeyPress): boolean {
    if (press.ctrlKey || press.metaKey || press.altKey || /^[1-9]$/.test(press.key) || !this.of(press.key)) return false;
    this.down(press.key, press.code);
    return true;
  }

  up(code: string): void {
    this.held.up(code);
  }

  cancel(): void {
    this.held.cancel();
  }
}
