/** What is selected: one region that keys adjust first, and others that are changed together with it. */
export class Selection {
  private chosen = new Set<string>();
  private first: string | null = null;

  /** The region whose edges keys move; null when nothing is selected. */
  get primary(): string | null {
    return this.first;
  }

  get ids(): readonly string[] {
    return [...this.chosen];
  }

  /** At most so many of those selected; all of them when there are no more. */
  some(most: number): string[] {
    const found: string[] = [];
    for (const id of this.chosen) {
      if (found.length === most) break;
      found.push(id);
    }
    return found;
  }

  get size(): number {
    return this.chosen.size;
  }

  has(id: string): boolean {
    return this.chosen.has(id);
  }

  only(id: string | null): void {
    this.chosen = new Set(id === null ? [] : [id]);
    this.first = id;
  }

  /** Select these, the last of them first. */
  all(ids: readonly string[]): void {
    this.chosen = new Set(ids);
    this.first = ids[ids.length - 1] ?? null;
  }

  /** Select one more, or leave it out again. */
  toggle(id: string): void {
    if (this.chosen.delete(id)) {
      if (this.first === id) this.first = [...this.chosen].pop() ?? null;
    } else {
      this.chosen.add(id);
      this.first = id;
    }
  }

  /** Forget what is no longer there. */
  keep(exists: (id: string) => boolean): void {
    for (const id of this.chosen) if (!exists(id)) this.chosen.delete(id);
    if (this.first !== null && !this.chosen.has(this.first)) this.first = [...this.chosen].pop() ?? null;
  }
}
