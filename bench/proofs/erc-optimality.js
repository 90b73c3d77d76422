// Whether weights are a risk budget, from the definition alone and in twice the precision: nothing of the solver is used.

const SPLITTER = 134217729;

/** a·b as a sum of two doubles (Dekker 1971). */
function exactProduct(a, b) {
  const product = a * b;
  const [at, bt] = [SPLITTER * a, SPLITTER * b];
  const aHigh = at - (at - a);
  const bHigh = bt - (bt - b);
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  return [product, aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow];
}

/** Σ aᵢbᵢ as if computed in twice the precision (Ogita, Rump & Oishi 2005, Dot2). */
function dot(n, a, b) {
  let [sum, lost] = [0, 0];
  for (let i = 0; i < n; i++) {
    const [product, error] = exactProduct(a(i), b(i));
    const next = sum + product;
    const before = next - sum;
    lost += sum - (next - before) + (product - before) + error;
    sum = next;
  }
  return sum + lost;
}

/** max |wᵢ(Σw)ᵢ/wᵀΣw − bᵢ/Σb| */
export function shareError({ cov, n, budget }, weights) {
  // In units of the deviations nothing over- or underflows.
  const w = Float64Array.from(weights, (x, i) => x * Math.sqrt(cov[i * n + i]));
  const rho = (i, j) => cov[i * n + j] / Math.sqrt(cov[i * n + i]) / Math.sqrt(cov[j * n + j]);
  const own = (i) =>
    dot(
      n,
      (j) => rho(i, j),
      (j) => w[j],
    );
  const products = Float64Array.from(w, (_, i) => own(i));
  const variance = dot(
    n,
    (i) => w[i],
    (i) => products[i],
  );
  const total = budget.reduce((a, b) => a + b, 0);
  return products.reduce((worst, p, i) => Math.max(worst, Math.abs((w[i] * p) / variance - budget[i] / total)), 0);
}

/** κ = 1 + λmax(B^-½ X Σ X B^-½) with xᵀΣx = 1 = Σb: what rounding is multiplied by; power iteration from below. */
export function difficulty({ cov, n, budget }, weights) {
  const deviation = (i) => Math.sqrt(cov[i * n + i]);
  const w = Float64Array.from(weights, (x, i) => x * deviation(i));
  const total = budget.reduce((a, b) => a + b, 0);
  const rho = Float64Array.from(cov, (c, at) => c / deviation(Math.floor(at / n)) / deviation(at % n));
  const times = (v) => v.map((_, i) => v.reduce((sum, x, j) => sum + rho[i * n + j] * x, 0));
  const variance = times(w).reduce((sum, p, i) => sum + p * w[i], 0);
  const scale = w.map((x, i) => x / Math.sqrt((budget[i] / total) * variance));
  let v = scale.map((x, i) => x * (i % 2 === 0 ? 1 : -0.7));
  let largest = 0;
  for (let step = 0; step < 60; step++) {
    const image = times(v.map((x, i) => x * scale[i])).map((x, i) => x * scale[i]);
    const length = Math.hypot(...image);
    const next = length / Math.hypot(...v);
    v = image.map((x) => x / length);
    if (Math.abs(next - largest) < 1e-3 * next) return 1 + next;
    largest = next;
  }
  return 1 + largest;
}
