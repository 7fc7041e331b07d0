// Build dist/: ES modules and one style sheet, named by their content; two builds of the same sources are identical.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import * as esbuild from "esbuild";

const target = process.argv[2] ?? "../dist";
/** `import text from "./module.ts?bundled"`: a module with what it imports, as the text of a script for a worker. */
const bundledText = {
  name: "bundled",
  setup(build) {
    build.onResolve({ filter: /\?bundled$/ }, ({ path, resolveDir }) => ({
      path: relative(process.cwd(), resolve(resolveDir, path.replace("?bundled", ""))), // paths are part of the hash: the same in every folder
      namespace: "bundled",
    }));
    build.onLoad({ filter: /.*/, namespace: "bundled" }, async ({ path }) => {
      const inner = await esbuild.build({ entryPoints: [path], bundle: true, minify: true, format: "iife", target: "es2022", write: false });
      return { contents: inner.outputFiles[0].text, loader: "text" };
    });
  },
};
/**
 * `import { ROWS } from "./table.ts?bare"`: tables without what people read of them (`says`), which is most of their bytes and
 * wanted later, if at all.
 */
const bareTables = {
  name: "bare",
  setup(build) {
    build.onResolve({ filter: /\?bare$/ }, ({ path, resolveDir }) => ({ path: relative(process.cwd(), resolve(resolveDir, path.replace("?bare", ""))), namespace: "bare" }));
    build.onLoad({ filter: /.*/, namespace: "bare" }, async ({ path }) => {
      const inner = await esbuild.build({ entryPoints: [path], bundle: true, format: "esm", write: false });
      const tables = await import(`data:text/javascript;base64,${Buffer.from(inner.outputFiles[0].contents).toString("base64")}`);
      const bare = (rows) => JSON.stringify(rows, (key, value) => (key === "says" ? undefined : value));
      return { contents: Object.entries(tables).map(([name, rows]) => `export const ${name} = ${bare(rows)};`).join("\n"), loader: "js" };
    });
  },
};
const options = { bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", outdir: target, plugins: [bundledText, bareTables], write: false };

/** For LabelBuddy's own server: what is imported when it is needed is a file of its own. */
const parts = await esbuild.build({
  ...options,
  entryPoints: { index: "src/index.ts", style: "src/style.css", player: "src/stretch_player.css" },
  splitting: true,
  chunkNames: "chunk-[hash]",
  preserveSymlinks: true, // the hash of a chunk includes the paths of its sources
  metafile: true,
});
/** For other servers: everything in one file. */
const alone = await esbuild.build({ ...options, entryPoints: { alone: "src/index.ts" } });

mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) if (/^index-|^alone-|^player-|^chunk-|^manifest/.test(name)) rmSync(`${target}/${name}`);
const manifest = {};
for (const file of [...parts.outputFiles, ...alone.outputFiles]) {
  const [stem, kind] = basename(file.path).split(".");
  if (["style", "player"].includes(stem) && kind === "js") continue;
  const digest = createHash("sha256").update(file.contents).digest("hex").slice(0, 12);
  const name = stem.startsWith("chunk-") ? `${stem}.${kind}` : `${["alone", "player"].includes(stem) ? stem : "index"}-${digest}.${kind}`;
  writeFileSync(`${target}/${name}`, file.contents);
  if (!stem.startsWith("chunk-")) manifest[["alone", "player"].includes(stem) ? stem : kind] = name;
}
const { js, css } = manifest;
const { outputs } = parts.metafile;
const editor = Object.keys(outputs).filter((name) => outputs[name].entryPoint === "src/editor.ts");
const player = Object.keys(outputs).filter((name) => /node_modules\/wavesurfer\.js/.test(outputs[name].entryPoint ?? ""));
/** `start` are the files that the annotation editor needs before the waveform, besides the first one; `editor` those and what draws the overview. */
const files = { start: filesOf(editor), editor: filesOf([...editor, ...player]) };
writeFileSync(`${target}/manifest.json`, JSON.stringify({ js, css, player: manifest.player, alone: manifest.alone, ...files }, null, 2) + "\n");

/** These files with all that they import. */
function filesOf(names) {
  const found = new Set();
  const waiting = [...names];
  while (waiting.length) {
    const name = waiting.pop();
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...outputs[name].imports.filter((one) => one.kind === "import-statement").map((one) => one.path));
  }
  return [...found].map((name) => basename(name)).filter((name) => name.startsWith("chunk-")).sort();
}
