import { afterEach, describe, expect, it } from "vitest";
import { useCatalog } from "../src/i18n";
import { messages } from "../src/messages/de";
import { told } from "../src/server_messages";

describe("what the server says", () => {
  afterEach(() => useCatalog("en", {}));

  it("is said in the reader's language where its sentence is known, with what it fills in", () => {
    useCatalog("de", messages);
    expect(told("invalid-state", "This annotation is approved and cannot be changed; withdraw it first.")).toBe(
      "Diese Annotation ist freigegeben und kann nicht geändert werden; nehmen Sie sie zuerst zurück.",
    );
    expect(told("invalid", "Regions of Dog (loud) must not overlap: the one from 1.5 to 2 s meets the one from 1 to 1.75 s.")).toBe(
      "Bereiche mit dem Label Dog (loud) dürfen sich nicht überschneiden: der von 1.5 bis 2 s trifft den von 1 bis 1.75 s.",
    );
  });

  it("is introduced by what kind of refusal it is where its sentence is not known", () => {
    useCatalog("de", messages);
    expect(told("forbidden", "Something new.")).toBe("Das dürfen Sie nicht: Something new.");
  });

  it("stays as it is where even the kind is new", () => {
    useCatalog("de", messages);
    expect(told("teapot", "I am a teapot.")).toBe("I am a teapot.");
  });
});
