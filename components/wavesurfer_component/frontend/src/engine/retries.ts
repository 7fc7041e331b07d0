/** When something that could not be fetched is asked for again: soon at first, then more and more rarely. */

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

export class Retries<Key> {
  private readonly failures = new Map<Key, number>();

  /** `again` is called after one second, after a second failure two seconds later, and so on up to half a minute. */
  failed(key: Key, again: () => void): void {
    const before = this.failures.get(key) ?? 0;
    this.failures.set(key, before + 1);
    setTimeout(again, Math.min(FIRST_MS * 2 ** before, LONGEST_MS));
  }

  arrived(key: Key): void {
    this.failures.delete(key);
  }
}
