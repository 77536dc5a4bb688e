/** What shipped handlers say of themselves: what they are for, and what they take of fuel. */
import { expect, test } from "vitest";
import { OUTCOME_BITS } from "../../src/vcode/handler.js";
import { NO_OUTCOME } from "../../src/vcode/linked-handler.js";
import { Lockstep } from "./lockstep.js";
import { messagesOf } from "./messages.js";
import { matcher, shippedHandlers } from "./shipped.js";

const SHIPPED = shippedHandlers();

test("there are as many as are shipped", () => expect(SHIPPED.length).toBe(12));

test.each(SHIPPED)("$name", (handler) => {
  const { text, purpose, fuel } = handler;
  expect(purpose).toMatch(/^\/\/ [A-Z].*(\n.*)?\.\n$/);
  const messages = messagesOf(fuel.capture).filter(matcher(handler, fuel.of));
  expect(messages.length).toBeGreaterThanOrEqual(50);
  const running = new Lockstep(text, ["wasm"]);
  const words = messages.map((message) => running.run(message, fuel.budget));
  expect(words.filter((word) => (word & NO_OUTCOME) === NO_OUTCOME)).toEqual([]);
  const used = words.map((word) => word >>> OUTCOME_BITS).toSorted((a, b) => a - b);
  expect({ median: used[used.length >> 1], most: used.at(-1) }).toEqual({ median: fuel.median, most: fuel.most });
});
