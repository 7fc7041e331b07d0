/** A module and what it imports as the text of a script; made by build.mjs. */
declare module "*?bundled" {
  const source: string;
  export default source;
}
