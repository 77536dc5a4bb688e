/**
 * Some builds of Chromium take their language from the system's locale and say "en-US@posix", which
 * Intl refuses. The chart library asks for it when it is loaded, so this must be imported before it.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
}

export {};
