import { describe, expect, it } from "vitest";
import { contrast, over, standingOut } from "../src/engine/contrast";
import type { Theme } from "../src/engine/theme";
import { edgeColor, regionColors } from "../src/layers/region_colors";

/** As `domain/label_sets.py` gives them to new labels (Okabe & Ito, 2008). */
const OKABE_ITO = ["#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#F0E442", "#7F7F7F"];
const others = { muted: "", line: "", wave: "", playhead: "", forced: false };
/** As `.streamlit/config.toml` has them. */
const LIGHT: Theme = { ...others, text: "#1c2433", background: "#ffffff", primary: "#0f766e", onPrimary: "#ffffff", dark: false };
const DARK: Theme = { ...others, text: "#e8ecf4", background: "#10151d", primary: "#0c8577", onPrimary: "#ffffff", dark: true };
const FORCED: Theme = { ...DARK, text: "rgb(255, 255, 255)", background: "rgb(0, 0, 0)", primary: "rgb(26, 235, 255)", onPrimary: "rgb(0, 0, 0)", forced: true };

/** Any colors that somebody might give a label. */
const many = Array.from({ length: 500 }, (_, at) => `#${((at * 2_654_435_761) % 0xffffff).toString(16).padStart(6, "0")}`);

function seenFill(color: string, theme: Theme, suggested: boolean): string {
  const { fill } = regionColors(color, theme, { suggested, selected: false });
  const [, r, g, b, opacity] = /^rgba\((\d+),(\d+),(\d+),([\d.]+)\)$/.exec(fill)!;
  return over(`rgb(${r},${g},${b})`, Number(opacity), theme.background);
}

describe.each([["light", LIGHT], ["dark", DARK]] as const)("in the %s theme", (_, theme) => {
  it.each(OKABE_ITO)("the edge of a region of %s stands out 3:1 against the panel", (color) => {
    expect(contrast(edgeColor(color, theme), theme.background)).toBeGreaterThanOrEqual(3);
  });
  it.each(OKABE_ITO)("what is written on a region of %s can be read: 4.5:1", (color) => {
    for (const suggested of [false, true]) expect(contrast(theme.text, seenFill(color, theme, suggested))).toBeGreaterThanOrEqual(4.5);
  });
  it("that holds for any color that a label may have", () => {
    for (const color of many) {
      expect(contrast(edgeColor(color, theme), theme.background)).toBeGreaterThanOrEqual(3);
      expect(contrast(theme.text, seenFill(color, theme, false))).toBeGreaterThanOrEqual(4.5);
    }
  });
  it("the edges of the eight labels stay different colors", () => {
    expect(new Set(OKABE_ITO.map((color) => edgeColor(color, theme))).size).toBe(OKABE_ITO.length);
  });
});

it("a color that stands out already stays as it is", () => expect(standingOut("#0072B2", "#ffffff", 3)).toBe("rgb(0,114,178)"));

it("where colors are forced, regions have no others, and a selected one is filled", () => {
  const usual = regionColors("#F0E442", FORCED, { suggested: false, selected: false });
  const selected = regionColors("#F0E442", FORCED, { suggested: false, selected: true });
  expect(usual).toEqual({ fill: FORCED.background, edge: FORCED.text, ink: FORCED.text });
  expect(selected).toEqual({ fill: FORCED.primary, edge: FORCED.onPrimary, ink: FORCED.onPrimary });
});
