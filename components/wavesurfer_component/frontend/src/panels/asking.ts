/** Questions over the editor that somebody answers: a line of text, or yes and no. */
import type { Keyboard } from "../keyboard";
import { confirmation } from "./confirmation";
import { question } from "./question";

/** Ask for a line of text; null when nothing was answered. */
export function ask(keyboard: Keyboard, text: string, value: string): Promise<string | null> {
  return new Promise((resolve) =>
    keyboard.show((close) =>
      question(text, value, (typed) => {
        close();
        resolve(typed);
      }),
    ),
  );
}

/** Ask before something is done; `yes` is what the button says. */
export function confirm(keyboard: Keyboard, text: string, yes: string): Promise<boolean> {
  return new Promise((resolve) =>
    keyboard.show((close) =>
      confirmation(text, yes, (confirmed) => {
        close();
        resolve(confirmed);
      }),
    ),
  );
}
