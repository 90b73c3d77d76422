import { assert } from "../lib/assert.ts";
import type { Pointer } from "./arena.ts";
import type { MatrixKernels } from "./exports.ts";
import { instantiateKernels, type Kernels } from "./load.ts";

export interface MatrixLimits {
  /** Most assets (or pods) in one matrix. */
  readonly assets: number;
  /** Most rows of returns. */
  readonly days: number;
}

/** An array in the kernels' memory: what kernels take, and how TypeScript sees it. */
interface Column {
  readonly at: Pointer;
  readonly view: Float64Array;
}

const VECTORS = 3;
const MATRICES = 2;
/** Every reservation may be rounded up to the arena's alignment. */
const ALIGNMENT_SLACK = 16 * 16;

/**
 * The memory in which covariance, risk budgeting and Kelly work, made once per run.
 *
 * The estimate stays where the kernel wrote it and the solvers read it there. One matrix at a time: estimating again
 * replaces it, so a caller that needs two (production pods and all pods) makes two workspaces or finishes with the first.
 */
export class MatrixWorkspace {
  readonly kernels: MatrixKernels;
  readonly limits: MatrixLimits;
  /** Time-major [days × assets], oldest row first, row length = the number of assets of the call: fill in before estimating. */
  readonly returns: Column;
  readonly covariance: Column;
  readonly correlation: Column;
  /** What a solver is given: budgets, expectations, weights. */
  readonly input: Column;
  readonly output: Column;
  readonly spare: Column;
  readonly work: Pointer;
  readonly report: Column;
  /** Calls of the kernels that work in it so far. */
  calls = 0;

  constructor({ exports, arena }: Kernels, limits: MatrixLimits) {
    const { assets, days } = limits;
    assert(assets >= 1 && days >= 1, `matrix workspace: ${assets} assets and ${days} days leave nothing to reserve`);
    const column = (length: number): Column => {
      const at = arena.f64(length);
      return { at, view: arena.viewF64(at, length) };
    };
    this.kernels = exports;
    this.limits = limits;
    this.returns = column(days * assets);
    this.covariance = column(assets * assets);
    this.correlation = column(assets * assets);
    this.input = column(assets);
    this.output = column(assets);
    this.spare = column(assets);
    this.report = column(reportLength(exports));
    this.work = arena.f64(workLength(exports, limits));
  }

  /** Bytes of the arena that a workspace of these limits takes. */
  static bytes(limits: MatrixLimits): number {
    const { assets, days } = limits;
    const { exports } = instantiateKernels(0);
    const columns = days * assets + MATRICES * assets * assets + VECTORS * assets + reportLength(exports);
    return (columns + workLength(exports, limits)) * Float64Array.BYTES_PER_ELEMENT + ALIGNMENT_SLACK;
  }

  /** A workspace in an instance of its own. */
  static create(limits: MatrixLimits): MatrixWorkspace {
    return new MatrixWorkspace(instantiateKernels(MatrixWorkspace.bytes(limits)), limits);
  }

  /** Stops a caller that asks for more than was reserved: neighbours would be overwritten. */
  checkAssets(assets: number): void {
    assert(
      assets >= 1 && assets <= this.limits.assets,
      `matrix workspace: ${assets} assets, reserved for ${this.limits.assets}`,
    );
  }

  checkDays(days: number): void {
    assert(days >= 0 && days <= this.limits.days, `matrix workspace: ${days} days, reserved for ${this.limits.days}`);
  }
}

/** The kernels never run at the same time, so they share their scratch. */
function workLength(kernels: MatrixKernels, { assets, days }: MatrixLimits): number {
  return Math.max(
    kernels.covarianceWorkLength(days, assets),
    kernels.riskBudgetWorkLength(assets),
    kernels.kellyWorkLength(assets),
  );
}

function reportLength(kernels: MatrixKernels): number {
  return Math.max(kernels.covarianceReportLength(), kernels.riskBudgetReportLength(), kernels.kellyReportLength());
}
