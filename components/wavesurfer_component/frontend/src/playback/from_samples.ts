/** What is played from the samples rather than by the media element; fetched after the first picture. */
export { Scrubber } from "./scrub";
export { StretchPlayer } from "./stretch";
