import { expect, test } from "vitest";
import { namesOf } from "../src/label_files";

test("files of one name that are dropped together are all kept, in folders of their own", () => {
  expect(namesOf(["song.txt", "song.txt", "a/song.txt", "song.txt"])).toEqual(["song.txt", "(2)/song.txt", "a/song.txt", "(3)/song.txt"]);
});
