/**
 * Where what was built lies: a path within `dist`, asked for by a module of any of its folders. Workers cannot be started
 * from TypeScript; a test that runs from the sources starts the built ones.
 */
export function workerUrl(path: string, base: string): URL {
  return new URL(`../${path}`, base.endsWith(".ts") ? base.replace("/src/", "/dist/") : base);
}
