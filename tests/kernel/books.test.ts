import { expect, test } from "vitest";
import {
  BindingTerm,
  BooksReader,
  BooksWriter,
  createBooks,
  EnvironmentTerm,
  MachineTerm,
} from "../../src/kernel/books.js";

test("what was published is read, row by row", () => {
  const buffer = createBooks();
  const writer = new BooksWriter(buffer);
  const reader = new BooksReader(buffer);
  writer.begin();
  writer.machine(MachineTerm.received, 2 ** 52);
  writer.environment(63, EnvironmentTerm.delivered, 5);
  writer.binding(16_383, BindingTerm.octets, 7);
  writer.end();
  expect(reader.machine(MachineTerm.received)).toBe(0);
  reader.refresh();
  expect(reader.machine(MachineTerm.received)).toBe(2 ** 52);
  expect(reader.environment(63, EnvironmentTerm.delivered)).toBe(5);
  expect(reader.binding(16_383, BindingTerm.octets)).toBe(7);
});

test("while the kernel writes, the last copy stays", () => {
  const buffer = createBooks();
  const writer = new BooksWriter(buffer);
  const reader = new BooksReader(buffer);
  writer.begin();
  writer.machine(MachineTerm.claimed, 1);
  reader.refresh();
  expect(reader.machine(MachineTerm.claimed)).toBe(0);
  writer.end();
  reader.refresh();
  expect(reader.machine(MachineTerm.claimed)).toBe(1);
});
