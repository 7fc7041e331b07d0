/** The colors of the page around the stage: read when it says that they changed, and now and then while it is drawn. */
import type { Scope } from "../scope";
import { whenColorsChange } from "./forced_colors";
import { readTheme, type Theme } from "./theme";

/** They are read so often at most, besides when the page says that they changed (ms). */
const READ_MS = 250;

export class ThemeWatch {
  theme: Theme;
  private key = "";
  private read = -Infinity;

  /** `draw`: they may be others; `recolored`: they are. */
  constructor(
    private readonly host: HTMLElement,
    scope: Scope,
    draw: () => void,
    private readonly recolored: (theme: Theme) => void,
  ) {
    this.theme = readTheme(host);
    const again = (): void => {
      this.read = -Infinity;
      draw();
    };
    scope.onRedraw(again);
    whenColorsChange(scope, again);
  }

  refresh(): void {
    const now = performance.now();
    if (now - this.read < READ_MS) return; // reading styles costs as much as drawing
    this.read = now;
    const theme = readTheme(this.host);
    const key = `${theme.background}${theme.primary}${theme.text}${theme.forced}`;
    if (key === this.key) return;
    this.key = key;
    this.theme = theme;
    this.host.dataset["dark"] = String(theme.dark);
    this.host.style.setProperty("--on-primary", theme.onPrimary);
    this.recolored(theme);
  }
}
