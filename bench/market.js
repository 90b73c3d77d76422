// Seeded input for the benches: random walks and weights, packed the way the engine reads them.

/** mulberry32 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Fills one chunk of an engine: every symbol has a bar in every slice, every cell a fresh weight every `every` slices. */
export function fillChunk(engine, slices, every, seed) {
  const random = seededRandom(seed);
  const symbols = engine.setup.symbols.length;
  const pods = engine.setup.pods.length;
  const { openTimes, bars, updateStart, updateSlot, updateValue } = engine.slices;
  const price = Array.from({ length: symbols }, () => 100 + 900 * random());
  let update = 0;
  for (let t = 0; t < slices; t++) {
    openTimes[t] = t * 60_000;
    for (let s = 0; s < symbols; s++) {
      const open = price[s];
      const close = open * (1 + (random() - 0.5) * 0.004);
      const row = [open, Math.max(open, close) * 1.0005, Math.min(open, close) * 0.9995, close, 1000];
      for (let field = 0; field < 5; field++) bars[(t * 5 + field) * symbols + s] = row[field];
      price[s] = close;
    }
    updateStart[t] = update;
    if (t % every === 0) {
      for (let cell = 0; cell < pods * symbols; cell++) {
        updateSlot[update] = cell;
        updateValue[update++] = (random() - 0.5) * 2;
      }
    }
  }
  updateStart[slices] = update;
}
