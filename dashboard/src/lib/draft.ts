/** What a hand is writing: kept here as it is typed, until it is written down. */
import { forget, recall, remember } from "./store";

const name = (place: string): string => `draft.${place}`;

export const drafted = (place: string): string | null => recall<string | null>(name(place), null);
export const draft = (place: string, text: string): void => remember(name(place), text);
export const undraft = (place: string): void => forget(name(place));
