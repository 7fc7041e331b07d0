// Build dist/: ES modules and one style sheet, named by their content; two builds of the same sources are identical.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import * as esbuild from "esbuild";

const target = process.argv[2] ?? "../dist";
mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) if (/^index-|^chunk-|^manifest/.test(name)) rmSync(`${target}/${name}`);
const built = await esbuild.build({
  entryPoints: { index: "src/index.ts", style: "src/style.css" },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  splitting: true, // what is imported when it is needed is a chunk of its own
  chunkNames: "chunk-[hash]",
  preserveSymlinks: true, // the hash of a chunk includes the paths of its sources
  outdir: target,
  write: false,
});
const manifest = {};
for (const file of built.outputFiles) {
  const [stem, kind] = basename(file.path).split(".");
  if (stem === "style" && kind === "js") continue;
  const entry = !stem.startsWith("chunk-");
  const name = entry ? `index-${createHash("sha256").update(file.contents).digest("hex").slice(0, 12)}.${kind}` : `${stem}.${kind}`;
  writeFileSync(`${target}/${name}`, file.contents);
  if (entry) manifest[kind] = name;
}
writeFileSync(`${target}/manifest.json`, JSON.stringify({ js: manifest.js, css: manifest.css }, null, 2) + "\n");
