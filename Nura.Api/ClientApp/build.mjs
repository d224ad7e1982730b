// Bundles the client into the folder given as argument: hashed names, so that everything but index.html is immutable.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = argv[2] ?? join(here, "dist");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.tsx", "src/style.css"],
  outdir: out,
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  metafile: true,
  legalComments: "linked",
});

const names = Object.keys(result.metafile.outputs).map((path) => basename(path));
const named = (ending) => names.find((name) => name.endsWith(ending));
const page = await readFile(join(here, "index.html"), "utf8");
await writeFile(join(out, "index.html"), page.replace("/main.js", `/${named(".js")}`).replace("/style.css", `/${named(".css")}`));

for (const name of await readdir(out)) {
  await writeFile(join(out, `${name}.br`), brotliCompressSync(await readFile(join(out, name))));
}
