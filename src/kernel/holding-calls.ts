/**
 * The calls of downloaded code that are about what it holds, and what it sends: answers to a revocation, pages in which to save what
 * is taken by force, who else may use its pages, and frames. Numbers, results and errors stand at DownloadedCall in abi-downloaded.ts.
 */
import { READABLE, RESOURCES, WRITABLE } from "./abi.js";
import { answered, type CallTable, errorWord } from "./downloaded-calls.js";
import type { Environments } from "./environment.js";
import type { Holdings } from "./holdings.js";
import type { KernelError } from "./kerrno.js";
import { MAX_SAVES, MAX_SENT_OCTETS } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { Transmitter } from "./xmit.js";

/** Fuel that each costs; of a frame, one unit for each four octets that are copied and judged besides. */
const ANSWER_COST = 1024;
const SAVE_COST = 64;
/** What gets less is looked for in the software TLB. */
const SHARE_COST = 1024;
const SEND_COST = 256;
const OCTETS_SHIFT = 2;

export function addHoldingCalls(
  table: CallTable,
  holdings: Holdings,
  transmitter: Transmitter,
  environments: Environments,
): void {
  const { pages } = holdings;
  const expect = (id: number) => {
    const found = environments.get(id);
    if (found === undefined) throw new Refusal("E_NO_ENVIRONMENT");
    return found;
  };
  table.set("answer", {
    cost: ANSWER_COST,
    run: answered(({ environment }, resource, name) => {
      if (RESOURCES[resource] === undefined) throw new Refusal("E_ARGUMENT");
      return holdings.revocation.answer(expect(environment), resource, [name]);
    }),
  });
  table.set("saveIn", {
    cost: SAVE_COST,
    run: answered(({ environment }, first, count) => {
      if (count < 0 || count > MAX_SAVES) throw new Refusal("E_ARGUMENT");
      const names = Array.from({ length: count }, (_, index) => first + index);
      holdings.saveIn(environment, names);
    }),
  });
  table.set("share", {
    cost: SHARE_COST,
    run: answered(({ environment }, other, page, access) => {
      if (access < 0 || access > (READABLE | WRITABLE)) throw new Refusal("E_ARGUMENT");
      if (environments.get(other) === undefined || other === environment) throw new Refusal("E_NO_ENVIRONMENT");
      refuse(pages.share(environment, page, other, access));
    }),
  });
  table.set("relock", {
    cost: SHARE_COST,
    run: answered(({ environment }, page) => refuse(pages.relock(environment, page))),
  });
  table.set("sendHandle", { cost: 1, run: answered(({ environment }) => expect(environment).sendHandle) });
  table.set("send", {
    cost: SEND_COST,
    run: answered((caller, handle, page, offset, length, port) => {
      const { pageSize } = pages.memory;
      if (!pages.exists(page)) throw new Refusal("E_NO_PAGE");
      if (offset < 0 || offset >= pageSize) throw new Refusal("E_ARGUMENT");
      caller.pay(Math.max(0, Math.min(length, MAX_SENT_OCTETS)) >> OCTETS_SHIFT);
      const sender = expect(caller.environment);
      const error = transmitter.send(sender, handle, page * pageSize + offset, length, port);
      return error === undefined ? 0 : errorWord(error);
    }),
  });
}

function refuse(problem: KernelError | undefined): void {
  if (problem !== undefined) throw new Refusal(problem);
}
