/** Time on the exchange's clock, epoch ms; tests run on a virtual one. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}
