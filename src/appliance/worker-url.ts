/**
 * Where a worker's JavaScript is. Workers cannot be started from TypeScript; a test that runs from
 * the sources starts the built ones.
 */
export function workerUrl(path: string, base: string): URL {
  return new URL(path, base.endsWith(".ts") ? base.replace("/src/", "/dist/") : base);
}
