/** The places that are loaded where somebody goes to one, so that the first is quick: together, as
 * small pieces weigh more. */
import type { Component } from "svelte";
import Help from "./Help.svelte";
import Journal from "./Journal.svelte";
import MyData from "./MyData.svelte";
import Practices from "./Practices.svelte";
import Settings from "./Settings.svelte";
import Straps from "./Straps.svelte";
import Trends from "./Trends.svelte";
import type { Place } from "./state/view.svelte";

export const PLACES: Record<Exclude<Place, "now">, Component> = {
  practices: Practices,
  trends: Trends,
  journal: Journal,
  settings: Settings,
  data: MyData,
  help: Help,
  strap: Straps,
};
