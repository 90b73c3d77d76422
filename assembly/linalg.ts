import { addressOf, laneSum } from "./lanes";
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
  for (let i: i32 = blocked; i < n; i++) {
    rowProduct(addressOf(matrix, at + i * n), i, blocked, addressOf(x, xAt), addressOf(y, yAt));
  }
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
  let p1: usize = row + stride;
  let p2: usize = p1 + stride;
  let p3: usize = p2 + stride;
  let px: usize = x;
  const end: usize = y + first;
  for (let py: usize = y; py < end; py += 16) {
    const a0: v128 = v128.load(p0);
    const a1: v128 = v128.load(p1);
    const a2: v128 = v128.load(p2);
    const a3: v128 = v128.load(p3);
    const xs: v128 = v128.load(px);
    sum0 = f64x2.add(sum0, f64x2.mul(a0, xs));
    sum1 = f64x2.add(sum1, f64x2.mul(a1, xs));
    sum2 = f64x2.add(sum2, f64x2.mul(a2, xs));
    sum3 = f64x2.add(sum3, f64x2.mul(a3, xs));
    const upper: v128 = f64x2.add(f64x2.mul(a0, x0), f64x2.mul(a1, x1));
    const lower: v128 = f64x2.add(f64x2.mul(a2, x2), f64x2.mul(a3, x3));
    v128.store(py, f64x2.add(v128.load(py), f64x2.add(upper, lower)));
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
    px += 16;
  }
  // The square on the diagonal: its ten entries, once each.
  const v0: f64 = load<f64>(px);
  const v1: f64 = load<f64>(px, 8);
  const v2: f64 = load<f64>(px, 16);
  const v3: f64 = load<f64>(px, 24);
  const b10: f64 = load<f64>(p1);
  const b20: f64 = load<f64>(p2);
  const b21: f64 = load<f64>(p2, 8);
  const b30: f64 = load<f64>(p3);
  const b31: f64 = load<f64>(p3, 8);
  const b32: f64 = load<f64>(p3, 16);
  const out: usize = y + first;
  store<f64>(out, laneSum(sum0) + (load<f64>(p0) * v0 + b10 * v1 + (b20 * v2 + b30 * v3)));
  store<f64>(out, laneSum(sum1) + (b10 * v0 + load<f64>(p1, 8) * v1 + (b21 * v2 + b31 * v3)), 8);
  store<f64>(out, laneSum(sum2) + (b20 * v0 + b21 * v1 + (load<f64>(p2, 16) * v2 + b32 * v3)), 16);
  store<f64>(out, laneSum(sum3) + (b30 * v0 + b31 * v1 + (b32 * v2 + load<f64>(p3, 24) * v3)), 24);
}

/** Row i behind the blocks, which end at column `blocked`. */
function rowProduct(row: usize, i: i32, blocked: i32, x: usize, y: usize): void {
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
  for (; offset < diagonal; offset += 8) {
    const a: f64 = load<f64>(row + offset);
    sum += a * load<f64>(x + offset);
    store<f64>(y + offset, load<f64>(y + offset) + a * own);
  }
  store<f64>(y + offset, sum + load<f64>(row + offset) * own);
}

/**
 * Cholesky factor in place: A = Uᵀ·U. The upper triangle becomes U with the RECIPROCALS of its diagonal on the diagonal; what is
 * below the diagonal is scratch.
 *
 * Right-looking in blocks of four rows: the block's rows are finished, then the rest of the triangle loses all four of their
 * products at once. Rows are walked in pairs of columns from an even one on, so a pair may reach into the scratch triangle and,
 * at the end of the last row, into one entry behind the matrix.
 *
 * The relative pivot Uᵢᵢ² / Aᵢᵢ is the share of a variable that the ones before it do not explain; it does not depend on the
 * scale of any variable, so one threshold fits every matrix.
 *
 * Shapes   matrix[at … at + n² + 1) row-major, upper triangle read and written, diagonal positive; diagonal[dAt … dAt + n) scratch.
 * Writes   matrix, diagonal.
 * Returns  the smallest relative pivot; 0 when a pivot is not positive (or NaN), where it stops.
 * Cost     n³/6 multiply-adds.
 */
export function choleskyFactor(matrix: StaticArray<f64>, at: i32, n: i32, diagonal: StaticArray<f64>, dAt: i32): f64 {
  for (let i: i32 = 0; i < n; i++) unchecked((diagonal[dAt + i] = unchecked(matrix[at + i * n + i])));
  let smallest: f64 = 1.0;
  for (let k: i32 = 0; k < n; k += BLOCK) {
    const rows: i32 = n - k < BLOCK ? n - k : BLOCK;
    for (let r: i32 = k; r < k + rows; r++) {
      const pivot: f64 = unchecked(matrix[at + r * n + r]);
      if (!(pivot > 0.0)) return 0.0;
      const relative: f64 = pivot / unchecked(diagonal[dAt + r]);
      if (relative < smallest) smallest = relative;
      finishRow(addressOf(matrix, at), n, r, 1.0 / Math.sqrt(pivot));
      for (let below: i32 = r + 1; below < k + rows; below++) eliminateOne(addressOf(matrix, at), n, r, below);
    }
    // A short block is the last one: nothing is below it.
    for (let i: i32 = k + BLOCK; i < n; i += 2) eliminateFour(addressOf(matrix, at), n, k, i);
  }
  return smallest;
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

/** Row r of U from what is left of A: everything right of the diagonal times the reciprocal. */
function finishRow(matrix: usize, n: i32, r: i32, reciprocal: f64): void {
  const row: usize = matrix + (usize(r * n) << 3);
  const end: usize = row + (usize(n) << 3);
  const factor: v128 = f64x2.splat(reciprocal);
  for (let p: usize = row + (usize(r + 1) << 3); p < end; p += 16) v128.store(p, f64x2.mul(v128.load(p), factor));
  store<f64>(row + (usize(r) << 3), reciprocal);
}

/** Row `below` −= U[r][below] · row r, from the diagonal on. */
function eliminateOne(matrix: usize, n: i32, r: i32, below: i32): void {
  const stride: usize = usize(n) << 3;
  const column: usize = usize(below) << 3;
  let p: usize = matrix + usize(r) * stride + column;
  let q: usize = matrix + usize(below) * stride + column;
  const factor: v128 = v128.load64_splat(p);
  for (const end: usize = matrix + usize(r + 1) * stride; p < end; p += 16) {
    v128.store(q, f64x2.sub(v128.load(q), f64x2.mul(factor, v128.load(p))));
    q += 16;
  }
}

/** Rows i and i + 1 lose the products of the four rows from k on: ((row 0 + row 1) + (row 2 + row 3)). */
function eliminateFour(matrix: usize, n: i32, k: i32, i: i32): void {
  const stride: usize = usize(n) << 3;
  const column: usize = usize(i) << 3;
  let p0: usize = matrix + usize(k) * stride + column;
  let p1: usize = p0 + stride;
  let p2: usize = p1 + stride;
  let p3: usize = p2 + stride;
  let q0: usize = matrix + usize(i) * stride + column;
  const end: usize = matrix + usize(k + 1) * stride;
  const f00: v128 = v128.load64_splat(p0);
  const f01: v128 = v128.load64_splat(p1);
  const f02: v128 = v128.load64_splat(p2);
  const f03: v128 = v128.load64_splat(p3);
  if (i + 1 >= n) {
    // The last row of an odd remainder is its diagonal alone.
    const a: f64 = laneOf(f00) * laneOf(f00) + laneOf(f01) * laneOf(f01);
    const b: f64 = laneOf(f02) * laneOf(f02) + laneOf(f03) * laneOf(f03);
    store<f64>(q0, load<f64>(q0) - (a + b));
    return;
  }
  const f10: v128 = v128.load64_splat(p0, 8);
  const f11: v128 = v128.load64_splat(p1, 8);
  const f12: v128 = v128.load64_splat(p2, 8);
  const f13: v128 = v128.load64_splat(p3, 8);
  let q1: usize = q0 + stride;
  for (; p0 < end; p0 += 16) {
    const u0: v128 = v128.load(p0);
    const u1: v128 = v128.load(p1);
    const u2: v128 = v128.load(p2);
    const u3: v128 = v128.load(p3);
    const upper0: v128 = f64x2.add(f64x2.mul(f00, u0), f64x2.mul(f01, u1));
    const lower0: v128 = f64x2.add(f64x2.mul(f02, u2), f64x2.mul(f03, u3));
    v128.store(q0, f64x2.sub(v128.load(q0), f64x2.add(upper0, lower0)));
    const upper1: v128 = f64x2.add(f64x2.mul(f10, u0), f64x2.mul(f11, u1));
    const lower1: v128 = f64x2.add(f64x2.mul(f12, u2), f64x2.mul(f13, u3));
    v128.store(q1, f64x2.sub(v128.load(q1), f64x2.add(upper1, lower1)));
    p1 += 16;
    p2 += 16;
    p3 += 16;
    q0 += 16;
    q1 += 16;
  }
}

function laneOf(splat: v128): f64 {
  return f64x2.extract_lane(splat, 0);
}

/**
 * Solves A·x = b in place with the factor that `choleskyFactor` left.
 *
 * Shapes   factor[at … at + n²); x[xAt … xAt + n) holds b.
 * Writes   x.
 * Cost     n² multiply-adds.
 */
export function choleskySolve(factor: StaticArray<f64>, at: i32, n: i32, x: StaticArray<f64>, xAt: i32): void {
  const vector: usize = addressOf(x, xAt);
  for (let i: i32 = 0; i < n; i++) {
    let row: usize = addressOf(factor, at + i * n + i);
    let p: usize = vector + (usize(i) << 3);
    const xi: f64 = load<f64>(p) * load<f64>(row);
    store<f64>(p, xi);
    p += 8;
    row += 8;
    if (((n - i) & 1) === 0) {
      // An odd number of entries is left: the first alone.
      store<f64>(p, load<f64>(p) - load<f64>(row) * xi);
      p += 8;
      row += 8;
    }
    const splat: v128 = f64x2.splat(xi);
    for (const end: usize = vector + (usize(n) << 3); p < end; p += 16) {
      v128.store(p, f64x2.sub(v128.load(p), f64x2.mul(v128.load(row), splat)));
      row += 16;
    }
  }
  for (let i: i32 = n - 1; i >= 0; i--) {
    let row: usize = addressOf(factor, at + i * n + i);
    const own: usize = vector + (usize(i) << 3);
    const reciprocal: f64 = load<f64>(row);
    let rest: f64 = load<f64>(own);
    let p: usize = own + 8;
    row += 8;
    if (((n - i) & 1) === 0) {
      rest -= load<f64>(row) * load<f64>(p);
      p += 8;
      row += 8;
    }
    let lanes: v128 = f64x2.splat(0.0);
    for (const end: usize = vector + (usize(n) << 3); p < end; p += 16) {
      lanes = f64x2.add(lanes, f64x2.mul(v128.load(row), v128.load(p)));
      row += 16;
    }
    store<f64>(own, (rest - laneSum(lanes)) * reciprocal);
  }
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
