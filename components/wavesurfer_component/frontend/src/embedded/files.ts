/** Files of the app's own server, whole or by byte range. */
import { t } from "../i18n";

/** While a script reruns its files can be missing for a moment: asked again after so long (ms). */
const AGAIN_MS = [150, 400, 1000, 2000];

export async function fetchJson<T>(address: string): Promise<T> {
  return (await (await answered(address, {})).json()) as T;
}

/** Bytes `start` up to, not including, `stop`. */
export async function fetchRange(address: string, start: number, stop: number): Promise<ArrayBuffer> {
  const response = await answered(address, { Range: `bytes=${start}-${stop - 1}` });
  const bytes = await response.arrayBuffer();
  return response.status === 206 ? bytes : bytes.slice(start, stop); // somebody between here and there took the range away
}

async function answered(address: string, headers: Record<string, string>): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(address, { headers }).catch(() => null);
    if (response?.ok) return response;
    const wait = AGAIN_MS[attempt];
    if (wait === undefined) throw new Error(response ? t("The app’s server answered {status}.", { status: response.status }) : t("The app’s server cannot be reached."));
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
