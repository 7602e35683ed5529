import page from "../../../api/softfront_api/words/en/page.json";
import practices from "../../../api/softfront_api/words/en/practices.json";
import type { Catalogue } from "./tongue.svelte";

const en: Catalogue = { ...page, ...practices };
export default en;
