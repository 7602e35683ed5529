/** The tokens of the style sheet as colours a canvas can use, in the theme that is on. */
const NAMES = ["paper", "ink", "ink2", "ink3", "rule", "band", "edge", "lamp", "dep"] as const;
export type Inks = Record<(typeof NAMES)[number], string>;

export function inksOf(root: HTMLElement): Inks {
  const probe = document.createElement("i");
  probe.style.setProperty("forced-color-adjust", "none");
  root.append(probe);
  const pairs = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(pairs) as Inks;
}

/** Call back whenever the theme changes. */
export function onTheme(changed: () => void): () => void {
  const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    for (const query of queries) query.removeEventListener("change", changed);
  };
}
