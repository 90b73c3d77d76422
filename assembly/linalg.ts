import { addressOf, lanePair, laneSum } from "./lanes";
import { finite } from "./status";

/** Rows that a kernel handles together, so that one load of a vector serves all of them. */
const BLOCK: i32 = 4;
const SYMMETRY: f64 = 1e-10;

/**
 * y = A·x of a symmetric matrix, reading its lower triangle once.
 *
 * In blocks of four rows: left of the block's diagonal square the row sums run in lanes (even and odd columns) and the
 * mirrored entries are added to y, (row 0 + row 1) + (row 2 + row 3) at once; inside the square and in the rows left over
 * everything is in order.
 *
 * Shapes   matrix[at … at + n²) row-major; x[xAt … xAt + n), y[yAt … yAt + n), not overlapping.
 * Writes   y.
 * Cost     n² multiply-adds over n²/2 entries.
 */
export function symmetricProduct(
  matrix: StaticArray<f64>,
  at: i32,
  n: i32,
  x: StaticArray<f64>,
  xAt: i32,
  y: StaticArray<f64>,
  yAt: i32,
): void {
  const blocked: i32 = n - (n & (BLOCK - 1));
  for (let i: i32 = 0; i < blocked; i += BLOCK) {
    blockProduct(addressOf(matrix, at + i * n), n, i, addressOf(x, xAt), addressOf(y, yAt));
  }
  const paired: i32 = n - (n & 1);
  if (blocked < paired)
    pairProduct(addressOf(matrix, at + blocked * n), n, blocked, addressOf(x, xAt), addressOf(y, yAt));
  if (paired < n)
    lastProduct(addressOf(matrix, at + paired * n), blocked, paired, addressOf(x, xAt), addressOf(y, yAt));
}

/** Rows i … i + 3; `row` is the address of row i, x and y those of the vectors. */
function blockProduct(row: usize, n: i32, i: i32, x: usize, y: usize): void {
  const stride: usize = usize(n) << 3;
  const first: usize = usize(i) << 3;
  const x0: v128 = v128.load64_splat(x + first);
  const x1: v128 = v128.load64_splat(x + first, 8);
  const x2: v128 = v128.load64_splat(x + first, 16);
  const x3: v128 = v128.load64_splat(x + first, 24);
  let sum0: v128 = f64x2.splat(0.0);
  let sum1: v128 = f64x2.splat(0.0);
  let sum2: v128 = f64x2.splat(0.0);
  let sum3: v128 = f64x2.splat(0.0);
  let p0: usize = row;
  let py: usize = y;
  const end: usize = x + first;
  let px: usize = x;
  if (px < end) {
    do {
      const p1: usize = p0 + stride;
      const p2: usize = p1 + stride;
      const a0: v128 = v128.load(p0);
      const a1: v128 = v128.load(p1);
      const a2: v128 = v128.load(p2);
      const a3: v128 = v128.load(p2 + stride);
      const xs: v128 = v128.load(px);
      sum0 = f64x2.add(sum0, f64x2.mul(a0, xs));
      sum1 = f64x2.add(sum1, f64x2.mul(a1, xs));
      sum2 = f64x2.add(sum2, f64x2.mul(a2, xs));
      sum3 = f64x2.add(sum3, f64x2.mul(a3, xs));
      const upper: v128 = f64x2.add(f64x2.mul(a0, x0), f64x2.mul(a1, x1));
      const lower: v128 = f64x2.add(f64x2.mul(a2, x2), f64x2.mul(a3, x3));
      v128.store(py, f64x2.add(v128.load(py), f64x2.add(upper, lower)));
      p0 += 16;
      py += 16;
      px += 16;
    } while (px < end);
  }
  // The square on the diagonal: its ten entries, once each.
  const p1: usize = p0 + stride;
  const p2: usize = p1 + stride;
  const p3: usize = p2 + stride;
  const v0: f64 = load<f64>(end);
  const v1: f64 = load<f64>(end, 8);
  const v2: f64 = load<f64>(end, 16);
  const v3: f64 = load<f64>(end, 24);
  const b10: f64 = load<f64>(p1);
  const b20: f64 = load<f64>(p2);
  const b21: f64 = load<f64>(p2, 8);
  const b30: f64 = load<f64>(p3);
  const b31: f64 = load<f64>(p3, 8);
  const b32: f64 = load<f64>(p3, 16);
  const y0: f64 = laneSum(sum0) + (load<f64>(p0) * v0 + b10 * v1 + (b20 * v2 + b30 * v3));
  const y1: f64 = laneSum(sum1) + (b10 * v0 + load<f64>(p1, 8) * v1 + (b21 * v2 + b31 * v3));
  const y2: f64 = laneSum(sum2) + (b20 * v0 + b21 * v1 + (load<f64>(p2, 16) * v2 + b32 * v3));
  const y3: f64 = laneSum(sum3) + (b30 * v0 + b31 * v1 + (b32 * v2 + load<f64>(p3, 24) * v3));
  v128.store(py, lanePair(y0, y1));
  v128.store(py, lanePair(y2, y3), 16);
}

/** Rows i and i + 1, the first behind the blocks. */
function pairProduct(row: usize, n: i32, i: i32, x: usize, y: usize): void {
  const first: usize = usize(i) << 3;
  const next: usize = row + (usize(n) << 3);
  const x0: v128 = v128.load64_splat(x + first);
  const x1: v128 = v128.load64_splat(x + first, 8);
  let sum0: v128 = f64x2.splat(0.0);
  let sum1: v128 = f64x2.splat(0.0);
  let offset: usize = 0;
  if (offset < first) {
    do {
      const a0: v128 = v128.load(row + offset);
      const a1: v128 = v128.load(next + offset);
      const xs: v128 = v128.load(x + offset);
      sum0 = f64x2.add(sum0, f64x2.mul(a0, xs));
      sum1 = f64x2.add(sum1, f64x2.mul(a1, xs));
      const mirrored: v128 = f64x2.add(v128.load(y + offset), f64x2.mul(a0, x0));
      v128.store(y + offset, f64x2.add(mirrored, f64x2.mul(a1, x1)));
      offset += 16;
    } while (offset < first);
  }
  const v0: f64 = load<f64>(x + first);
  const v1: f64 = load<f64>(x + first, 8);
  const b10: f64 = load<f64>(next + first);
  const y0: f64 = laneSum(sum0) + load<f64>(row + first) * v0 + b10 * v1;
  const y1: f64 = laneSum(sum1) + b10 * v0 + load<f64>(next + first, 8) * v1;
  v128.store(y + first, lanePair(y0, y1));
}

/** The last row of an odd number, i; the blocks end at column `blocked`. */
function lastProduct(row: usize, blocked: i32, i: i32, x: usize, y: usize): void {
  const own: f64 = load<f64>(x + (usize(i) << 3));
  const splat: v128 = f64x2.splat(own);
  const last: usize = usize(blocked) << 3;
  let lanes: v128 = f64x2.splat(0.0);
  let offset: usize = 0;
  for (; offset < last; offset += 16) {
    const a: v128 = v128.load(row + offset);
    lanes = f64x2.add(lanes, f64x2.mul(a, v128.load(x + offset)));
    v128.store(y + offset, f64x2.add(v128.load(y + offset), f64x2.mul(a, splat)));
  }
  let sum: f64 = laneSum(lanes);
  const diagonal: usize = usize(i) << 3;
  if (offset < diagonal) {
    const a: v128 = v128.load(row + offset);
    const terms: v128 = f64x2.mul(a, v128.load(x + offset));
    sum = sum + f64x2.extract_lane(terms, 0) + f64x2.extract_lane(terms, 1);
    v128.store(y + offset, f64x2.add(v128.load(y + offset), f64x2.mul(a, splat)));
  }
  store<f64>(y + diagonal, sum + load<f64>(row + diagonal) * own);
}

/**
 * Cholesky factor without square roots, in place: A = Uᵀ·D⁻¹·U with D the diagonal of U, the pivots. The upper triangle becomes
 * U with the RECIPROCALS of the pivots on the diagonal; what is below the diagonal is scratch.
 *
 * Right-looking in blocks of four rows: the block's square and the rest of its rows are finished in registers, then the rest of
 * the triangle loses all four of their products at once, (row 0 + row 1) + (row 2 + row 3). Rows are walked in pairs of columns
 * from an even one on, so a pair may reach into the scratch triangle. The rows left over are taken one by one.
 *
 * The relative pivot Dᵢ / Aᵢᵢ is the share of a variable that the ones before it do not explain; it does not depend on the
 * scale of any variable, so one threshold fits every matrix.
 *
 * Shapes   matrix[at … at + n²) row-major, upper triangle read and written, diagonal positive; diagonal[dAt … dAt + n) scratch.
 * Writes   matrix, diagonal.
 * Returns  the smallest relative pivot; 0 when a pivot is not positive (or NaN), where it stops.
 * Cost     n³/6 multiply-adds, n divisions one after the other.
 */
export function choleskyFactor(matrix: StaticArray<f64>, at: i32, n: i32, diagonal: StaticArray<f64>, dAt: i32): f64 {
  for (let i: i32 = 0; i < n; i++) unchecked((diagonal[dAt + i] = unchecked(matrix[at + i * n + i])));
  const blocked: i32 = n - (n & (BLOCK - 1));
  let smallest: f64 = 1.0;
  for (let k: i32 = 0; k < blocked; k += BLOCK) {
    const relative: f64 = factorBlock(addressOf(matrix, at), n, k, addressOf(diagonal, dAt + k));
    if (!(relative > 0.0)) return 0.0;
    if (relative < smallest) smallest = relative;
    for (let i: i32 = k + BLOCK; i < n; i += 2) eliminateFour(addressOf(matrix, at), n, k, i);
  }
  for (let r: i32 = blocked; r < n; r++) {
    const row: i32 = at + r * n;
    const pivot: f64 = unchecked(matrix[row + r]);
    if (!(pivot > 0.0)) return 0.0;
    const relative: f64 = pivot / unchecked(diagonal[dAt + r]);
    if (relative < smallest) smallest = relative;
    const reciprocal: f64 = 1.0 / pivot;
    for (let below: i32 = r + 1; below < n; below++) {
      const factor: f64 = unchecked(matrix[row + below]) * reciprocal;
      const other: i32 = at + below * n;
      for (let j: i32 = below; j < n; j++) {
        unchecked((matrix[other + j] = unchecked(matrix[other + j]) - factor * unchecked(matrix[row + j])));
      }
    }
    unchecked((matrix[row + r] = reciprocal));
  }
  return smallest;
}

/** Rows k … k + 3; `diagonal` is the address of their entries of A's diagonal. Returns their smallest relative pivot or 0. */
function factorBlock(matrix: usize, n: i32, k: i32, diagonal: usize): f64 {
  const stride: usize = usize(n) << 3;
  const q0: usize = matrix + usize(k) * stride + (usize(k) << 3);
  const q1: usize = q0 + stride;
  const q2: usize = q1 + stride;
  const q3: usize = q2 + stride;
  const d0: f64 = load<f64>(q0);
  const a01: f64 = load<f64>(q0, 8);
  const a02: f64 = load<f64>(q0, 16);
  const a03: f64 = load<f64>(q0, 24);
  const r0: f64 = 1.0 / d0;
  const m01: f64 = a01 * r0;
  const m02: f64 = a02 * r0;
  const m03: f64 = a03 * r0;
  const d1: f64 = load<f64>(q1, 8) - m01 * a01;
  const a12: f64 = load<f64>(q1, 16) - m01 * a02;
  const a13: f64 = load<f64>(q1, 24) - m01 * a03;
  const r1: f64 = 1.0 / d1;
  const m12: f64 = a12 * r1;
  const m13: f64 = a13 * r1;
  const d2: f64 = load<f64>(q2, 16) - m02 * a02 - m12 * a12;
  const a23: f64 = load<f64>(q2, 24) - m02 * a03 - m12 * a13;
  const r2: f64 = 1.0 / d2;
  const m23: f64 = a23 * r2;
  const d3: f64 = load<f64>(q3, 24) - m03 * a03 - m13 * a13 - m23 * a23;
  if (!(d0 > 0.0 && d1 > 0.0 && d2 > 0.0 && d3 > 0.0)) return 0.0;
  store<f64>(q0, r0);
  store<f64>(q1, r1, 8);
  v128.store(q1, lanePair(a12, a13), 16);
  store<f64>(q2, r2, 16);
  store<f64>(q2, a23, 24);
  store<f64>(q3, 1.0 / d3, 24);

  const f01: v128 = f64x2.splat(m01);
  const f02: v128 = f64x2.splat(m02);
  const f03: v128 = f64x2.splat(m03);
  const f12: v128 = f64x2.splat(m12);
  const f13: v128 = f64x2.splat(m13);
  const f23: v128 = f64x2.splat(m23);
  const end: usize = matrix + usize(k + 1) * stride;
  let p0: usize = q0 + 32;
  if (p0 < end) {
    do {
      const p1: usize = p0 + stride;
      const p2: usize = p1 + stride;
      const p3: usize = p2 + stride;
      const u0: v128 = v128.load(p0);
      const u1: v128 = f64x2.sub(v128.load(p1), f64x2.mul(f01, u0));
      const u2: v128 = f64x2.sub(f64x2.sub(v128.load(p2), f64x2.mul(f02, u0)), f64x2.mul(f12, u1));
      const early: v128 = f64x2.sub(f64x2.sub(v128.load(p3), f64x2.mul(f03, u0)), f64x2.mul(f13, u1));
      v128.store(p1, u1);
      v128.store(p2, u2);
      v128.store(p3, f64x2.sub(early, f64x2.mul(f23, u2)));
      p0 += 16;
    } while (p0 < end);
  }
  const upper: f64 = Math.min(d0 / load<f64>(diagonal), d1 / load<f64>(diagonal, 8));
  return Math.min(upper, Math.min(d2 / load<f64>(diagonal, 16), d3 / load<f64>(diagonal, 24)));
}

/**
 * Rows i and i + 1 lose the products of the four rows from k on. Their factors go to the scratch triangle and come back as
 * loads: a compiler that has them in registers computes them again for every pair of columns.
 */
function eliminateFour(matrix: usize, n: i32, k: i32, i: i32): void {
  const stride: usize = usize(n) << 3;
  const column: usize = usize(i) << 3;
  const block: usize = matrix + usize(k) * stride;
  const own: usize = block + (usize(k) << 3);
  const r0: f64 = load<f64>(own);
  const r1: f64 = load<f64>(own + stride, 8);
  const r2: f64 = load<f64>(own + 2 * stride, 16);
  const r3: f64 = load<f64>(own + 3 * stride, 24);
  const c0: usize = block + column;
  const c1: usize = c0 + stride;
  const c2: usize = c1 + stride;
  const c3: usize = c2 + stride;
  let q0: usize = matrix + usize(i) * stride + column;
  const factors0: usize = q0 - column + (usize(k) << 3);
  store<f64>(factors0, load<f64>(c0) * r0);
  store<f64>(factors0, load<f64>(c1) * r1, 8);
  store<f64>(factors0, load<f64>(c2) * r2, 16);
  store<f64>(factors0, load<f64>(c3) * r3, 24);
  if (i + 1 >= n) {
    // The last row of an odd remainder is its diagonal alone.
    const upper: f64 = load<f64>(factors0) * load<f64>(c0) + load<f64>(factors0, 8) * load<f64>(c1);
    const lower: f64 = load<f64>(factors0, 16) * load<f64>(c2) + load<f64>(factors0, 24) * load<f64>(c3);
    store<f64>(q0, load<f64>(q0) - (upper + lower));
    return;
  }
  const factors1: usize = factors0 + stride;
  store<f64>(factors1, load<f64>(c0, 8) * r0);
  store<f64>(factors1, load<f64>(c1, 8) * r1, 8);
  store<f64>(factors1, load<f64>(c2, 8) * r2, 16);
  store<f64>(factors1, load<f64>(c3, 8) * r3, 24);
  const f00: v128 = v128.load64_splat(factors0);
  const f01: v128 = v128.load64_splat(factors0, 8);
  const f02: v128 = v128.load64_splat(factors0, 16);
  const f03: v128 = v128.load64_splat(factors0, 24);
  const f10: v128 = v128.load64_splat(factors1);
  const f11: v128 = v128.load64_splat(factors1, 8);
  const f12: v128 = v128.load64_splat(factors1, 16);
  const f13: v128 = v128.load64_splat(factors1, 24);
  const end: usize = block + stride;
  let p0: usize = c0;
  do {
    const p1: usize = p0 + stride;
    const p2: usize = p1 + stride;
    const u0: v128 = v128.load(p0);
    const u1: v128 = v128.load(p1);
    const u2: v128 = v128.load(p2);
    const u3: v128 = v128.load(p2 + stride);
    const upper0: v128 = f64x2.add(f64x2.mul(f00, u0), f64x2.mul(f01, u1));
    const lower0: v128 = f64x2.add(f64x2.mul(f02, u2), f64x2.mul(f03, u3));
    v128.store(q0, f64x2.sub(v128.load(q0), f64x2.add(upper0, lower0)));
    const q1: usize = q0 + stride;
    const upper1: v128 = f64x2.add(f64x2.mul(f10, u0), f64x2.mul(f11, u1));
    const lower1: v128 = f64x2.add(f64x2.mul(f12, u2), f64x2.mul(f13, u3));
    v128.store(q1, f64x2.sub(v128.load(q1), f64x2.add(upper1, lower1)));
    q0 += 16;
    p0 += 16;
  } while (p0 < end);
}

/** f64 that `factorWithRidge` needs as `work`: the factor, its overhang and the diagonal. */
export function factorLength(n: i32): i32 {
  return n * n + 1 + n;
}

/**
 * Cholesky factor of A + ridge·diag A, beside A.
 *
 * Shapes   matrix[n × n] row-major, upper triangle read; work[factorLength(n)], the factor at its beginning.
 * Writes   work.
 * Returns  as `choleskyFactor`.
 */
export function factorWithRidge(matrix: StaticArray<f64>, n: i32, ridge: f64, work: StaticArray<f64>): f64 {
  for (let i: i32 = 0; i < n; i++) {
    const row: i32 = i * n;
    const variance: f64 = unchecked(matrix[row + i]);
    unchecked((work[row + i] = variance + ridge * variance));
    for (let j: i32 = i + 1; j < n; j++) unchecked((work[row + j] = unchecked(matrix[row + j])));
  }
  return choleskyFactor(work, 0, n, work, n * n + 1);
}

/**
 * Solves A·x = b in place with the factor that `choleskyFactor` left: forward and back in blocks of four rows.
 *
 * Shapes   factor[at … at + n²); x[xAt … xAt + n) holds b.
 * Writes   x.
 * Cost     n² multiply-adds.
 */
export function choleskySolve(factor: StaticArray<f64>, at: i32, n: i32, x: StaticArray<f64>, xAt: i32): void {
  const blocked: i32 = n - (n & (BLOCK - 1));
  const matrix: usize = addressOf(factor, at);
  const vector: usize = addressOf(x, xAt);
  for (let k: i32 = 0; k < blocked; k += BLOCK) forwardBlock(matrix, n, k, vector);
  for (let r: i32 = blocked; r < n; r++) {
    const z: f64 = unchecked(x[xAt + r]) * unchecked(factor[at + r * n + r]);
    for (let j: i32 = r + 1; j < n; j++) {
      unchecked((x[xAt + j] = unchecked(x[xAt + j]) - unchecked(factor[at + r * n + j]) * z));
    }
  }
  for (let r: i32 = n - 1; r >= blocked; r--) {
    let rest: f64 = unchecked(x[xAt + r]);
    for (let j: i32 = n - 1; j > r; j--) rest -= unchecked(factor[at + r * n + j]) * unchecked(x[xAt + j]);
    unchecked((x[xAt + r] = rest * unchecked(factor[at + r * n + r])));
  }
  for (let k: i32 = blocked - BLOCK; k >= 0; k -= BLOCK) backBlock(matrix, n, k, vector);
}

/** Uᵀ·D⁻¹·y = b for rows k … k + 3, and what they take from the entries below. */
function forwardBlock(matrix: usize, n: i32, k: i32, vector: usize): void {
  const stride: usize = usize(n) << 3;
  const q0: usize = matrix + usize(k) * stride + (usize(k) << 3);
  const q1: usize = q0 + stride;
  const q2: usize = q1 + stride;
  const q3: usize = q2 + stride;
  const own: usize = vector + (usize(k) << 3);
  const y0: f64 = load<f64>(own);
  const z0: f64 = y0 * load<f64>(q0);
  const y1: f64 = load<f64>(own, 8) - load<f64>(q0, 8) * z0;
  const z1: f64 = y1 * load<f64>(q1, 8);
  const y2: f64 = load<f64>(own, 16) - load<f64>(q0, 16) * z0 - load<f64>(q1, 16) * z1;
  const z2: f64 = y2 * load<f64>(q2, 16);
  const y3: f64 = load<f64>(own, 24) - load<f64>(q0, 24) * z0 - load<f64>(q1, 24) * z1 - load<f64>(q2, 24) * z2;
  const z3: f64 = y3 * load<f64>(q3, 24);
  v128.store(own, lanePair(y0, y1));
  v128.store(own, lanePair(y2, y3), 16);

  const f0: v128 = f64x2.splat(z0);
  const f1: v128 = f64x2.splat(z1);
  const f2: v128 = f64x2.splat(z2);
  const f3: v128 = f64x2.splat(z3);
  let p0: usize = q0 + 32;
  const end: usize = vector + (usize(n - (n & 1)) << 3);
  let p: usize = own + 32;
  if (p < end) {
    do {
      const p1: usize = p0 + stride;
      const p2: usize = p1 + stride;
      const upper: v128 = f64x2.add(f64x2.mul(v128.load(p0), f0), f64x2.mul(v128.load(p1), f1));
      const lower: v128 = f64x2.add(f64x2.mul(v128.load(p2), f2), f64x2.mul(v128.load(p2 + stride), f3));
      v128.store(p, f64x2.sub(v128.load(p), f64x2.add(upper, lower)));
      p0 += 16;
      p += 16;
    } while (p < end);
  }
  if ((n & 1) === 1) {
    const p1: usize = p0 + stride;
    const p2: usize = p1 + stride;
    const upper: f64 = load<f64>(p0) * z0 + load<f64>(p1) * z1;
    const lower: f64 = load<f64>(p2) * z2 + load<f64>(p2 + stride) * z3;
    store<f64>(end, load<f64>(end) - (upper + lower));
  }
}

/** U·x = y for rows k … k + 3, with every entry below solved. */
function backBlock(matrix: usize, n: i32, k: i32, vector: usize): void {
  const stride: usize = usize(n) << 3;
  const q0: usize = matrix + usize(k) * stride + (usize(k) << 3);
  const q1: usize = q0 + stride;
  const q2: usize = q1 + stride;
  const q3: usize = q2 + stride;
  const own: usize = vector + (usize(k) << 3);
  let sum0: v128 = f64x2.splat(0.0);
  let sum1: v128 = f64x2.splat(0.0);
  let sum2: v128 = f64x2.splat(0.0);
  let sum3: v128 = f64x2.splat(0.0);
  let p0: usize = q0 + 32;
  const end: usize = vector + (usize(n - (n & 1)) << 3);
  let p: usize = own + 32;
  if (p < end) {
    do {
      const p1: usize = p0 + stride;
      const p2: usize = p1 + stride;
      const xs: v128 = v128.load(p);
      sum0 = f64x2.add(sum0, f64x2.mul(v128.load(p0), xs));
      sum1 = f64x2.add(sum1, f64x2.mul(v128.load(p1), xs));
      sum2 = f64x2.add(sum2, f64x2.mul(v128.load(p2), xs));
      sum3 = f64x2.add(sum3, f64x2.mul(v128.load(p2 + stride), xs));
      p0 += 16;
      p += 16;
    } while (p < end);
  }
  let y0: f64 = load<f64>(own) - laneSum(sum0);
  let y1: f64 = load<f64>(own, 8) - laneSum(sum1);
  let y2: f64 = load<f64>(own, 16) - laneSum(sum2);
  let y3: f64 = load<f64>(own, 24) - laneSum(sum3);
  if ((n & 1) === 1) {
    const last: f64 = load<f64>(end);
    y0 -= load<f64>(p0) * last;
    y1 -= load<f64>(p0 + stride) * last;
    y2 -= load<f64>(p0 + 2 * stride) * last;
    y3 -= load<f64>(p0 + 3 * stride) * last;
  }
  const x3: f64 = y3 * load<f64>(q3, 24);
  const x2: f64 = (y2 - load<f64>(q2, 24) * x3) * load<f64>(q2, 16);
  const x1: f64 = (y1 - load<f64>(q1, 24) * x3 - load<f64>(q1, 16) * x2) * load<f64>(q1, 8);
  const x0: f64 = (y0 - load<f64>(q0, 24) * x3 - load<f64>(q0, 16) * x2 - load<f64>(q0, 8) * x1) * load<f64>(q0);
  v128.store(own, lanePair(x0, x1));
  v128.store(own, lanePair(x2, x3), 16);
}

/**
 * Whether every |aᵢⱼ − aⱼᵢ| is at most 1e-10 of √(aᵢᵢ aⱼⱼ): for matrices that come from the host. 1 or 0; a value that is
 * not finite or a negative variance gives 0.
 */
export function isSymmetric(matrix: StaticArray<f64>, n: i32): i32 {
  for (let i: i32 = 0; i < n; i++) {
    const variance: f64 = unchecked(matrix[i * n + i]);
    if (!(variance >= 0.0 && finite(variance))) return 0;
    const deviation: f64 = Math.sqrt(variance);
    for (let j: i32 = 0; j < i; j++) {
      const gap: f64 = Math.abs(unchecked(matrix[i * n + j]) - unchecked(matrix[j * n + i]));
      if (!(gap <= SYMMETRY * deviation * Math.sqrt(unchecked(matrix[j * n + j])))) return 0;
    }
  }
  return 1;
}
