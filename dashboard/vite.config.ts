import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** The catalogue serves the terminal and the desktop as well; these texts never reach the page. */
const ELSEWHERE = new RegExp(
  [
    "^(notify|door|collect|soak|phone|evaluate|band)\\.",
    "^error\\.(?!answer_waiting|calendar)",
    "^strap\\.(step|scan|none\\.|title|connecting|first_beat|no_beat|lost$|back)",
    "^pause\\.(bell\\.|vibration\\.|choose|breath\\.|resistance|sound_)",
    "^demo\\.(help|leave)",
    "^state\\.(?!(deferred|quiet|calendar|with_patient|snoozed|snoozed_shift|paused|warmup|irregular)\\.line)",
    "^result\\.(title|before|during|after|band|close|(before|during|after)\\.help|journal\\.(?!question|kept))$",
    "^(checkin\\.why|now\\.pause_by_hand)$",
  ].join("|"),
);

const read = (path: string): Record<string, string> => JSON.parse(readFileSync(path, "utf8"));

/** Only what the page says; a catalogue in which a text is missing is not built. */
function ownWords(): Plugin {
  return {
    name: "own-words",
    enforce: "pre",
    load(id) {
      if (!/[\\/]words[\\/]\w+[\\/]\w+\.json$/.test(id)) return null;
      const words = read(id);
      const english = read(join(dirname(id), "..", "en", basename(id)));
      const lacking = Object.keys(english).filter((key) => !(key in words));
      if (lacking.length) this.error(`${id} lacks ${lacking.join(", ")}`);
      const own = Object.entries(words).filter(([key]) => !ELSEWHERE.test(key));
      return JSON.stringify(Object.fromEntries(own));
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

// Everything the page needs lies in its own folder: no inline script or style (the server's CSP
// allows none), no address of anybody else, no asset folded into the JavaScript.
export default defineConfig({
  base: "/",
  plugins: [ownWords(), svelte(), licences()],
  build: {
    outDir: "softfront_dashboard",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
});
