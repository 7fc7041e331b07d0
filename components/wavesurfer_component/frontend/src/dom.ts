/** Make elements. Text always goes in as text, never as markup. */

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("aria-")) {
      element.setAttribute(name, String(value)); // ARIA says "false"; a missing attribute means something else
      continue;
    }
    if (value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

const PATHS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  undo: "M6 3 2 7l4 4V8.5h3a3 3 0 0 1 0 6H6v-2h3a1 1 0 0 0 0-2H6z",
  redo: "M10 3l4 4-4 4V8.5H7a3 3 0 0 0 0 6h3v-2H7a1 1 0 0 1 0-2h3z",
  loop: "M3 8a4 4 0 0 1 4-4h3V2l3.5 3L10 8V6H7a2 2 0 0 0-2 2zm10 0a4 4 0 0 1-4 4H6v2l-3.5-3L6 8v2h3a2 2 0 0 0 2-2z",
  spark: "M8 1l1.6 4.4L14 7l-4.4 1.6L8 13l-1.6-4.4L2 7l4.4-1.6z",
  check: "M6.2 11.6 2.8 8.2l1.3-1.3 2.1 2.1 5.7-5.7 1.3 1.3z",
  cross: "M4 2.7 8 6.7l4-4L13.3 4l-4 4 4 4-1.3 1.3-4-4-4 4L2.7 12l4-4-4-4z",
  trash: "M6 2h4l.6 1H14v2H2V3h3.4zM3.5 6h9l-.7 8H4.2z",
  in: "M2 2h2v12H2zm4 5h5V4l4 4-4 4V9H6z",
  spectrogram: "M2 3h12v2H2zm0 4h7v2H2zm9 0h3v2h-3zM2 11h3v2H2zm5 0h7v2H7z",
  box: "M2 3h12v10H2zm1.5 1.5v7h9v-7z",
  sliders: "M2 4h6.200a2 2 0 0 1 3.600 0H14v1.500h-2.200a2 2 0 0 1-3.600 0H2zm0 6.500h2.200a2 2 0 0 1 3.600 0H14V12H7.800a2 2 0 0 1-3.600 0H2z",
  magnet: "M3 2h3v6a2 2 0 0 0 4 0V2h3v6A5 5 0 0 1 3 8zm0 1v2h3V3zm7 0v2h3V3z",
  left: "M10.5 2.5 5 8l5.5 5.5 1.2-1.2L7.4 8l4.3-4.3z",
  right: "M5.5 2.5 11 8l-5.5 5.5-1.2-1.2L8.6 8 4.3 3.7z",
  flag: "M3 1.5h1.5V3H13l-2 3 2 3H4.5v5.500H3z",
  lock: "M4 7V5a4 4 0 0 1 8 0v2h1v7H3V7zm1.600 0h4.800V5a2.400 2.400 0 0 0-4.800 0z",
  hide: "M1.200 2.300 2.300 1.200l12.500 12.500-1.100 1.100-2.400-2.400A8.500 8.500 0 0 1 8 13C4.500 13 1.800 10.800.5 8a9 9 0 0 1 2.700-3.300zM8 3c3.500 0 6.200 2.200 7.500 5a9 9 0 0 1-2 2.700L11.200 8.400A3.200 3.200 0 0 0 7.600 4.800L5.900 3.300A8 8 0 0 1 8 3z",
  solo: "M8 2a6 6 0 0 1 6 6v4.500A1.500 1.500 0 0 1 12.500 14H11V8.500h1.500V8a4.500 4.500 0 0 0-9 0v.5H5V14H3.500A1.500 1.500 0 0 1 2 12.500V8a6 6 0 0 1 6-6z",
  instant: "M7.200 1h1.600v2.600L12.500 8l-3.700 4.400V15H7.200v-2.600L3.500 8l3.700-4.400z",
  split: "M1 4.500h5v7H1zm9 0h5v7h-5zM7.300 1.500h1.400v13H7.300z",
  duplicate: "M1 4.500h6v7H1zm8 0h6v7H9zm1.400 1.400v4.200h3.200V5.900z",
  copy: "M2 1.500h8V3H3.500v8H2zM6 5h8v9.500H6zm1.500 1.500V13h5V6.500z",
  cut: "M4.600 1 8 7l3.400-6 1.300.7L9.100 8.300l1.100 1.900a2.400 2.400 0 1 1-1.300.8L8 9.700 7.100 11a2.400 2.400 0 1 1-1.300-.8l1.100-1.900L3.300 1.700z",
  paste: "M5.500 1.500h5V3H13v12H3V3h2.500zM4.500 5v8.500h7V5z",
  place: "M5.500 1.500h5V3H13v12H3V3h2.500zM4.500 5v8.500h7V5zm2.800 1.500h1.400v2.900h1.900v1.400H7.300z",
  out: "M12 2h2v12h-2zM10 9H5v3L1 8l4-4v3h5z",
} as const;

/** A small drawing in the color of the text. */
export function icon(name: keyof typeof PATHS): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

export function kbd(keys: string): HTMLElement {
  return el("kbd", {}, keys);
}
