/** Names that begin alike are told apart by what is different in them, where there is no room for all of it. */

/** Shorter ones are no reason to leave the beginning of a name out. */
const SHARED = 6;
/** Characters at the end that always have room. */
const KEPT = 9;

/** Each name in two parts: what may be left out when there is too little room, and what tells it from the others. */
export function tellingParts(names: readonly string[]): [string, string][] {
  const bare = names.map((name) => name.replace(/^\d+ /, "")); // the number of a version comes before its name
  return names.map((name, place) => {
    const own = bare[place]!;
    const shared = Math.max(0, ...bare.map((other, at) => (at === place || other === own ? 0 : sharedStart(own, other))));
    if (shared < SHARED) return [name, ""];
    const word = own.lastIndexOf(" ", shared) + 1;
    const from = word && shared - word < KEPT ? word : shared; // a tail that is all of the name tells nothing first
    const cut = name.length - own.length + from;
    return [name.slice(0, cut), name.slice(cut)];
  });
}

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
