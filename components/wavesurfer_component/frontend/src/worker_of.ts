/** A worker of a script that is part of this one: an address of its own would have to be known, and on the app's host. */
export function workerOf(source: string): Worker {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return new Worker(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}
