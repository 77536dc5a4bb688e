/** Whoever comes by a link sees the row that it names, also where that row, or others before it, come later than the link. */
import { useLayoutEffect, useRef } from "preact/hooks";

interface Box {
  readonly current: HTMLElement | null;
}

interface Rows {
  readonly body: Box;
  readonly rowHeight: number;
  /** The row that is to be seen, and where it stands; below 0 it is not there yet. */
  readonly key: string | number | null;
  readonly place: number;
}

/** Rows that are seen above it. */
const ROWS_ABOVE = 3;

/**
 * Scrolls `scroller`, if there is one, until the row stands where it should, or until somebody scrolls, clicks or keys in the list. A
 * row that is in sight when it is first there stays where it is. Answers what to call with a row that was chosen by hand.
 */
export function useFollowed(scroller: Box | undefined, rows: Rows): (key: string | number) => void {
  const { body, rowHeight, key, place } = rows;
  // `top`: where it was scrolled to; another place is somebody's own.
  const follow = useRef({ key: rows.key, done: false, top: -1 });
  useLayoutEffect(() => {
    const box = scroller?.current;
    if (!box) return;
    const leave = () => {
      follow.current.done = true;
    };
    box.addEventListener("pointerdown", leave);
    box.addEventListener("keydown", leave);
    return () => {
      box.removeEventListener("pointerdown", leave);
      box.removeEventListener("keydown", leave);
    };
  }, []);
  useLayoutEffect(() => {
    if (follow.current.key !== key) follow.current = { key, done: false, top: -1 };
    const now = follow.current;
    const box = scroller?.current;
    if (now.done || place < 0 || !box || body.current === null) return;
    // Somebody has scrolled since.
    if (now.top >= 0 && Math.abs(box.scrollTop - now.top) > 1) {
      now.done = true;
      return;
    }
    const { top, bottom } = box.getBoundingClientRect();
    const row = body.current.getBoundingClientRect().top + place * rowHeight;
    // The head lies over the first row's height.
    if (now.top < 0 && row >= top + rowHeight && row + rowHeight <= bottom) {
      now.done = true;
      return;
    }
    const wanted = Math.max(0, (place - ROWS_ABOVE) * rowHeight);
    box.scrollTop = wanted;
    now.top = box.scrollTop;
    // A list that is too short yet ends before.
    now.done = Math.abs(now.top - wanted) <= 1;
  });
  return (chosen) => {
    follow.current = { key: chosen, done: true, top: -1 };
  };
}
