import page from "../../../api/softfront_api/words/de/page.json";
import practices from "../../../api/softfront_api/words/de/practices.json";
import type { Catalogue } from "./tongue.svelte";

const de: Catalogue = { ...page, ...practices };
export default de;
