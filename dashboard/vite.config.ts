import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** The catalogue serves the terminal and the desktop as well; these texts never reach the page. */
const ELSEWHERE = new RegExp(
  [
    "^(notify(?!\\.steps)|door|collect|soak|phone|evaluate|band)\\.",
    "^error\\.(?!answer_waiting|calendar|phone|home)",
    "^strap\\.(lost$|back)",
    "^pause\\.(bell\\.|vibration\\.|choose|breath\\.|resistance)",
    "^state\\.(?!(deferred|quiet|calendar|with_patient|snoozed|snoozed_shift|paused|warmup|irregular)\\.line)",
    "^result\\.(title|before|during|after|band|close|(before|during|after)\\.help|journal\\.(?!question|kept))$",
    "^(checkin\\.why|now\\.pause_by_hand)$",
  ].join("|"),
);

/** At the root, under a name that stays: only from there does it serve the whole page. */
const WORKER = "worker.js";

const read = (path: URL): Record<string, string> => JSON.parse(readFileSync(path, "utf8"));

const WORDS = new URL("../api/softfront_api/words/", import.meta.url);
const PARTS = ["page", "practices"];

/** The texts of a language; with one missing that English has, nothing is built. */
function wordsOf(language: string): Record<string, string> {
  const [words, english] = [language, "en"].map((folder) =>
    Object.assign({}, ...PARTS.map((part) => read(new URL(`${folder}/${part}.json`, WORDS)))),
  );
  const lacking = Object.keys(english).filter((key) => !(key in words));
  if (lacking.length) throw new Error(`${language} lacks ${lacking.join(", ")}`);
  return words;
}

/** Only what the page says, a file of data for each language; the module says where it lies. */
function ownWords(): Plugin {
  const asked = /^virtual:words\/(\w+)$/;
  return {
    name: "own-words",
    resolveId: (id) => (asked.test(id) ? id : null),
    load(id) {
      const language = asked.exec(id)?.[1];
      if (!language) return null;
      const own = Object.entries(wordsOf(language)).filter(([key]) => !ELSEWHERE.test(key));
      const source = JSON.stringify(Object.fromEntries(own));
      const made = this.emitFile({ type: "asset", name: `${language}.json`, source });
      return `export default import.meta.ROLLUP_FILE_URL_${made}`;
    },
  };
}

/** The licences of what is shipped lie beside it. */
function licences(): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const source = readFileSync(new URL("LICENSES.txt", import.meta.url), "utf8");
      this.emitFile({ type: "asset", fileName: "assets/LICENSES.txt", source });
    },
  };
}

/** The worker is told which files make up this page; whatever changes, its version does. */
function atHand(): Plugin {
  return {
    name: "at-hand",
    writeBundle({ dir }, bundle) {
      const built = Object.keys(bundle).filter((name) => /\.(js|css|json|woff2)$/.test(name) && name !== WORKER);
      const files = ["/", "/mark.svg", "/manifest.webmanifest", ...built.sort().map((name) => `/${name}`)];
      const sum = createHash("sha256");
      for (const file of files) sum.update(readFileSync(join(dir!, file === "/" ? "index.html" : file)));
      const path = join(dir!, WORKER);
      const code = readFileSync(path, "utf8")
        .replaceAll("__FILES__", JSON.stringify(files))
        .replaceAll("__VERSION__", JSON.stringify(sum.digest("hex").slice(0, 12)));
      writeFileSync(path, code);
    },
  };
}

// Everything the page needs lies in its own folder: no inline script or style (the server's CSP
// allows none), no address of anybody else, no asset folded into the JavaScript.
export default defineConfig({
  base: "/",
  plugins: [ownWords(), svelte(), licences(), atHand()],
  build: {
    outDir: "softfront_dashboard",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    rolldownOptions: {
      input: { index: "index.html", worker: "src/worker.ts" },
      output: {
        entryFileNames: ({ name }) => (name === "worker" ? WORKER : "assets/[name]-[hash].js"),
      },
    },
  },
});
