/** Code that is fetched after the first picture: tried again until it is here, for the host may be out of reach for a while. */

const FIRST_MS = 500;
const LONGEST_MS = 10_000;

export interface LateCodePorts {
  /** It did not come this time; it is tried again. */
  failed(): void;
  /** Whether nobody wants it any more. */
  ended(): boolean;
  wait(ms: number): Promise<void>;
}

/** Browsers remember what failed under one address: it is asked for again under another one, where the error names it. */
const addressIn = (error: Error): string | null => /https?:\S+\.js(?=$|[?\s])/.exec(error.message)?.[0] ?? null;

/** Fetch a module; null when nobody wants it any more. */
export async function lateCode<Module>(fetch: (address: string | null) => Promise<Module>, { failed, ended, wait }: LateCodePorts): Promise<Module | null> {
  let address: string | null = null;
  for (let attempt = 0; !ended(); attempt++) {
    try {
      return await fetch(address && `${address}?${attempt}`);
    } catch (error) {
      if (ended()) return null;
      address ??= addressIn(error as Error);
      failed();
      await wait(Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS));
    }
  }
  return null;
}
