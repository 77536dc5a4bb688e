/**
 * Which rows of a long list are in sight, and where they stand. Browsers do not draw a box that is higher than
 * some millions of pixels: a list beyond that is scrolled in proportion, and its rows keep their height.
 */
import { useLayoutEffect, useState } from "preact/hooks";

/** Firefox gives up near 17.8 million px. */
export const MOST_HEIGHT = 12_000_000;
const OVERSCAN = 6;

export interface Scrolled {
  readonly top: number;
  /** Height of the place, px. */
  readonly view: number;
}

export interface RowWindow {
  /** Rows [first, last) are drawn. */
  readonly first: number;
  readonly last: number;
  /** Height of the whole list, px. */
  readonly height: number;
  readonly topOf: (row: number) => number;
}

export function windowOf(scrolled: Scrolled, count: number, rowHeight: number): RowWindow {
  const whole = count * rowHeight;
  const height = Math.min(whole, MOST_HEIGHT);
  const top = scrolled.top * ratioOf(whole, scrolled.view);
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((top + scrolled.view) / rowHeight) + OVERSCAN);
  // Rows stand relative to what is scrolled: their distances are true, whatever a pixel of the scroll bar is worth.
  return { first: Math.min(first, last), last, height, topOf: (row) => row * rowHeight - top + scrolled.top };
}

/** Pixels of the list for each pixel of the scroll bar. */
function ratioOf(whole: number, view: number): number {
  return whole <= MOST_HEIGHT ? 1 : (whole - view) / (MOST_HEIGHT - view);
}

/** Where to scroll so that a row is in sight; null where it is. A row that is far away comes to the middle. */
export function scrollTo(row: number, scrolled: Scrolled, count: number, rowHeight: number): number | null {
  const ratio = ratioOf(count * rowHeight, scrolled.view);
  const top = scrolled.top * ratio;
  const wanted = row * rowHeight;
  const below = wanted + rowHeight - scrolled.view;
  if (wanted >= top && below <= top) return null;
  const far = wanted < top - scrolled.view || below > top + scrolled.view;
  const next = far ? wanted - (scrolled.view - rowHeight) / 2 : wanted < top ? wanted : below;
  return Math.max(0, next) / ratio;
}

/** Follows an element that scrolls; drawn anew with each step of its scrolling. */
export function useScrolled(element: { current: HTMLElement | null }): Scrolled {
  const [scrolled, setScrolled] = useState<Scrolled>({ top: 0, view: 0 });
  useLayoutEffect(() => {
    const scroller = element.current;
    if (scroller === null) return;
    const look = () =>
      setScrolled((before) =>
        before.top === scroller.scrollTop && before.view === scroller.clientHeight
          ? before
          : { top: scroller.scrollTop, view: scroller.clientHeight },
      );
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    scroller.addEventListener("scroll", look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      scroller.removeEventListener("scroll", look);
    };
  }, []);
  return scrolled;
}
