// The part of the WebAssembly API that the kernels use; the full types come only with the whole DOM library.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
  }
  type Table = object;
  type Instance = object;
  type Imports = Record<string, Record<string, unknown>>;
}
