import { createHash } from "node:crypto";

const VALID_MS = 60 * 60_000;

/** The one key of the account's user stream: the same until it expires or is closed. */
export class ListenKeys {
  #key: string | null = null;
  #expiresMs = 0;
  #count = 0;

  /** True for the key that is valid now. */
  opens(key: string, nowMs: number): boolean {
    return this.isValid(nowMs) && key === this.#key;
  }

  get current(): string | null {
    return this.#key;
  }

  /** The key that is valid, or a new one. */
  open(nowMs: number): string {
    if (!this.isValid(nowMs)) {
      this.#count++;
      this.#key = createHash("sha256").update(`listen key ${this.#count}`).digest("hex");
    }
    this.#expiresMs = nowMs + VALID_MS;
    return this.#key as string;
  }

  /** False when there is no valid key. */
  renew(nowMs: number): boolean {
    if (!this.isValid(nowMs)) return false;
    this.#expiresMs = nowMs + VALID_MS;
    return true;
  }

  isValid(nowMs: number): boolean {
    return this.#key !== null && nowMs < this.#expiresMs;
  }

  close(): void {
    this.#key = null;
  }

  /** True once, when the key's time has run out. */
  expire(nowMs: number): boolean {
    if (this.#key === null || nowMs < this.#expiresMs) return false;
    this.#key = null;
    return true;
  }
}
