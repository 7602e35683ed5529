/** Which language the page speaks: the one that is set, or the browser's first that it knows. */
import type germanPage from "../../../api/softfront_api/words/de/page.json";
import type germanPractices from "../../../api/softfront_api/words/de/practices.json";
import type page from "../../../api/softfront_api/words/en/page.json";
import type practices from "../../../api/softfront_api/words/en/practices.json";
import german from "virtual:words/de";
import english from "virtual:words/en";
import { recall, remember } from "./store";

export type Key = keyof typeof page | keyof typeof practices;
/** A language is a `Catalogue`: one key missing, and the check fails. */
export type Catalogue = Readonly<Record<Key, string>>;

/** Texts are data: they are fetched, and never run. */
async function texts<T extends Catalogue>(url: string): Promise<T> {
  return (await fetch(url)).json();
}

const SPOKEN = {
  // The day stands before the month, as under every chart.
  en: { locale: "en-GB", dir: "ltr", load: () => texts<typeof page & typeof practices>(english) },
  de: { locale: "de", dir: "ltr", load: () => texts<typeof germanPage & typeof germanPractices>(german) },
} satisfies Record<string, { locale: string; dir: "ltr" | "rtl"; load: () => Promise<Catalogue> }>;

export type Language = keyof typeof SPOKEN;
export const LANGUAGES = Object.keys(SPOKEN) as Language[];

/** Of the languages a person reads, in their own order, the first there is; English otherwise. */
function browsers(): Language {
  const asked = navigator.languages.map((tag) => tag.split("-")[0]);
  const known = asked.find((tag) => LANGUAGES.some((language) => language === tag));
  return (known as Language | undefined) ?? "en";
}

class Tongue {
  language = $state<Language>("en");
  /** One language is loaded, and no other until it is spoken. */
  texts = $state.raw<Catalogue>({} as Catalogue);
  #wanted: Language | null = null;

  get locale(): string {
    return SPOKEN[this.language].locale;
  }

  /** Speak what was set when this browser was here last; it is asked before anything is shown. */
  begin(): Promise<void> {
    return this.#speak(recall<Language | null>("language", null));
  }

  /** Go by what is set; nothing set is the browser's own. */
  prefer(set: Language | null): void {
    if (set === recall<Language | null>("language", null) && this.#wanted) return;
    remember("language", set);
    // Without a server the other language may be out of reach; then this one goes on.
    this.#speak(set).catch(() => (this.#wanted = this.language));
  }

  async #speak(set: Language | null): Promise<void> {
    const language = set && set in SPOKEN ? set : browsers();
    if (language === this.#wanted) return;
    this.#wanted = language;
    const loaded = await SPOKEN[language].load();
    if (language !== this.#wanted) return;
    this.texts = loaded;
    this.language = language;
    document.documentElement.lang = language;
    document.documentElement.dir = SPOKEN[language].dir;
  }
}
export const tongue = new Tongue();
