/** Numbers as they are shown and typed in each language. */
import { afterEach, describe, expect, it } from "vitest";
import { shownKeys } from "../src/editing/key_names";
import { parseClock } from "../src/engine/time";
import { decimal, percent, typedNumber, useCatalog } from "../src/i18n";
import { messages as german } from "../src/messages/de";

afterEach(() => useCatalog("en", {}));

describe("numbers that are shown", () => {
  it("have the decimal mark of the language, and thousands are not set apart", () => {
    expect([decimal(1234.5, 3), decimal(0.25)]).toEqual(["1234.500", "0.25"]);
    useCatalog("de", german);
    expect([decimal(1234.5, 3), decimal(0.25)]).toEqual(["1234,500", "0,25"]);
  });

  it("are whole percent", () => {
    expect(percent(0.934)).toBe("93%");
    useCatalog("de", german);
    expect(percent(0.934)).toBe("93\u00a0%");
  });
});

describe("numbers that are typed", () => {
  it("may have a point or a comma in every language", () => {
    for (const language of ["en", "de"] as const) {
      useCatalog(language, {});
      expect(["12.5", "12,5", " -0,125", "3,", ".5", "1e3"].map(typedNumber)).toEqual([12.5, 12.5, -0.125, 3, 0.5, 1000]);
    }
  });

  it("are read back as they are shown", () => {
    for (const language of ["en", "de"] as const) {
      useCatalog(language, {});
      for (const number of [0, 0.1 + 0.2, 1.234, 12_345.678, -3, 1e-9]) expect(typedNumber(decimal(number))).toBe(number);
    }
  });

  it("are refused where they could be a thousand", () => {
    expect(["1,500", "1.500"].map(typedNumber)).toEqual([null, 1.5]);
    useCatalog("de", german);
    expect(["1,500", "1.500"].map(typedNumber)).toEqual([1.5, null]);
  });

  it("are nothing else", () => {
    for (const typed of ["", "high", "1.000,5", "12 5", "0x10", "Infinity", "1,2,3"]) expect(typedNumber(typed), typed).toBeNull();
  });
});

describe("times that are typed", () => {
  it("may have a comma", () => {
    for (const language of ["en", "de"] as const) {
      useCatalog(language, {});
      expect(["12,5", "1:02,5", "1:01:02,250"].map(parseClock)).toEqual([12.5, 62.5, 3662.25]);
    }
  });

  it("are refused where they could be a thousand seconds", () => {
    expect(parseClock("1,500")).toBeNull();
    useCatalog("de", german);
    expect([parseClock("1,500"), parseClock("1.500")]).toEqual([1.5, 1.5]); // clocks are shown with a point in every language
  });
});

it("keys are called as on the keyboards of the language", () => {
  expect(shownKeys("Ctrl+Shift+Delete")).toBe("Ctrl+Shift+Delete");
  useCatalog("de", german);
  expect(["Ctrl+Shift+Delete", "Alt+=", "Shift+1 … 9", "Ctrl++"].map(shownKeys)).toEqual(["Strg+Umschalt+Entf", "Alt+=", "Umschalt+1 … 9", "Strg++"]);
});
