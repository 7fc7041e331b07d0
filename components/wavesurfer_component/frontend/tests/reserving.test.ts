import { describe, expect, it } from "vitest";
import { Reserving } from "../src/reviewing/reserving";
import type { Scope } from "../src/scope";

/** A scope whose clock, window and end are the test's. */
class TestScope {
  private readonly listeners: Record<string, () => void> = {};
  private readonly endings: (() => void)[] = [];
  minute = (): void => undefined;

  on = (_root: unknown, name: string, listener: () => void): void => void (this.listeners[name] = listener);
  onWindow = (name: string, listener: () => void): void => void (this.listeners[name] = listener);
  every = (_milliseconds: number, action: () => void): void => void (this.minute = action);
  add = (ending: () => void): void => void this.endings.push(ending);
  fire = (name: string): void => this.listeners[name]!();
  end = (): void => this.endings.forEach((one) => one());
}

function opened(hold: () => Promise<unknown> = async () => null) {
  const scope = new TestScope();
  const said: string[] = [];
  const sound = { playing: false };
  const reserving = new Reserving(
    {
      hold: () => (said.push("hold"), hold()),
      leave: () => void said.push("leave"),
      playing: () => sound.playing,
      refused: (why) => void said.push(why),
    },
    {} as HTMLElement,
    scope as unknown as Scope,
  );
  return { scope, said, sound, reserving };
}

describe("an annotation that is reviewed", () => {
  it("is held when it is opened and given back when it is left", () => {
    const { scope, said } = opened();
    scope.end();
    expect(said).toEqual(["hold", "leave"]);
  });

  it("is held on while somebody works on it or listens, and not while nobody does", () => {
    const { scope, said, sound } = opened();
    scope.minute();
    expect(said).toEqual(["hold"]);
    scope.fire("keydown");
    scope.minute();
    scope.minute();
    expect(said).toEqual(["hold", "hold"]);
    sound.playing = true;
    scope.minute();
    expect(said).toHaveLength(3);
  });

  it("is not given back once it is decided: the server has let go of it", () => {
    const { scope, said, reserving } = opened();
    reserving.done();
    scope.fire("pagehide");
    scope.end();
    expect(said).toEqual(["hold"]);
  });

  it("that another reviewer has open says so", async () => {
    const { said } = opened(() => Promise.reject(new Error("Rolf is reviewing this annotation now.")));
    await Promise.resolve();
    await Promise.resolve();
    expect(said).toEqual(["hold", "Rolf is reviewing this annotation now."]);
  });
});
