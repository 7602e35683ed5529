/** Where a label finds room: the widest stretch in which nothing else stands. */
export type Stretch = [from: number, to: number];

/** The widest part of `whole` that none of `busy` touches. */
export function widest(whole: Stretch, busy: Stretch[]): Stretch {
  let best: Stretch = [whole[0], whole[0]];
  let free = whole[0];
  const sorted = [...busy].sort((a, z) => a[0] - z[0]);
  for (const [from, to] of [...sorted, [whole[1], whole[1]] as Stretch]) {
    if (from - free > best[1] - best[0]) best = [free, Math.min(from, whole[1])];
    free = Math.max(free, to);
  }
  return best;
}
