/** Makes the sound of stretches beside the page's own thread. */
import { Making, type Order } from "./making";

const making = new Making((report, transfer = []) => postMessage(report, { transfer }));
addEventListener("message", ({ data }: MessageEvent<Order>) => making.take(data));
