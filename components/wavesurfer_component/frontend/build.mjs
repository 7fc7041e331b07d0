// Build dist/: one ES module and one style sheet, named by their content; two builds of the same sources are identical.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import * as esbuild from "esbuild";

const target = process.argv[2] ?? "../dist";
/** `import text from "./module.ts?bundled"`: a module with what it imports, as the text of a script for a worker. */
const bundledText = {
  name: "bundled",
  setup(build) {
    build.onResolve({ filter: /\?bundled$/ }, ({ path, resolveDir }) => ({ path: resolve(resolveDir, path.replace("?bundled", "")), namespace: "bundled" }));
    build.onLoad({ filter: /.*/, namespace: "bundled" }, async ({ path }) => {
      const inner = await esbuild.build({ entryPoints: [path], bundle: true, minify: true, format: "iife", target: "es2022", write: false });
      return { contents: inner.outputFiles[0].text, loader: "text" };
    });
  },
};
mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) if (/^index-|^manifest/.test(name)) rmSync(`${target}/${name}`);
const built = await esbuild.build({
  entryPoints: { index: "src/index.ts", style: "src/style.css" },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  outdir: target,
  plugins: [bundledText],
  write: false,
});
const manifest = {};
for (const file of built.outputFiles) {
  const kind = file.path.endsWith(".css") ? "css" : "js";
  if (kind === "js" && !file.path.endsWith("index.js")) continue;
  const name = `index-${createHash("sha256").update(file.contents).digest("hex").slice(0, 12)}.${kind}`;
  writeFileSync(`${target}/${name}`, file.contents);
  manifest[kind] = name;
}
writeFileSync(`${target}/manifest.json`, JSON.stringify({ js: manifest.js, css: manifest.css }, null, 2) + "\n");
