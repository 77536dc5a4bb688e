/** What we use of the WebAssembly API beyond memory; TypeScript declares it only together with the DOM. */
declare global {
  namespace WebAssembly {
    function validate(octets: Uint8Array): boolean;
    class Module {
      constructor(octets: Uint8Array);
    }
    class Instance {
      constructor(module: Module, imports: Record<string, Record<string, unknown>>);
      readonly exports: Record<string, unknown>;
    }
    class Global {
      value: number | bigint;
    }
    class RuntimeError extends Error {}
  }
}

export {};
