/** A replay's report for people. */
import { refusedWords } from "../control/protocol.js";
import { columnsOf } from "./columns-text.js";
import type { HandlerReport, ReplayReport } from "./replay-report.js";
import { stateLines } from "./state-text.js";
import { escapeText } from "./terminal.js";

const number = new Intl.NumberFormat("en-US");

export function printReport(report: ReplayReport): void {
  const out = (line: string) => process.stdout.write(`${line}\n`);
  const { received, claimed, tappedOnly, unclaimed, balanced } = report.books;
  for (const line of bindingLines(report)) out(line);
  for (const environment of report.environments.filter(({ program }) => program !== "")) {
    const { name, program, state, error, delivered } = environment;
    const words = error === null ? state : `${state}: ${escapeText(error)}`;
    out(`environment ${name} (${program}): ${number.format(delivered)} packets, ${words}${drops(environment.dropped)}`);
  }
  for (const { name, handler } of report.bindings) {
    if (handler === undefined) continue;
    out(handlerLine(name, handler));
    for (const line of stateLines(handler.state)) out(`  ${line}`);
  }
  const terms = [claimed, tappedOnly, unclaimed].map((term) => number.format(term));
  out(`received ${number.format(received)} = claimed ${terms[0]} + tapped only ${terms[1]} + unclaimed ${terms[2]}`);
  if (!balanced) out("the books do NOT balance");
  for (const { source, offset, reason } of report.damage) {
    process.stderr.write(`${escapeText(source)}: damaged at octet ${offset}: ${escapeText(reason)}\n`);
  }
  const { target, shadow, compared, disagreements, first } = report.target;
  if (shadow !== null) {
    const where = first === null ? "" : `, first on packet ${first.packet} of epoch ${first.epoch}`;
    const counts = `${number.format(disagreements)} of ${number.format(compared)} packets`;
    out(`${target} and its shadow ${shadow} disagree on ${counts}${where}`);
  }
  out(`digest ${report.digest ?? "(none: the replay was paced)"}`);
  if (report.digest !== null && !report.deterministic) out("an environment missed a deadline: not deterministic");
  if (report.error !== null) process.stderr.write(`exonet: ${escapeText(report.error)}\n`);
}

function bindingLines(report: ReplayReport): string[] {
  const rows = report.bindings.map(({ name, environment, mode, packets, octets, dropped }) => {
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    return [name, environment, mode, number.format(packets), number.format(octets), number.format(lost)];
  });
  return columnsOf(["binding", "environment", "mode", "packets", "octets", "dropped"], rows, 3);
}

function handlerLine(binding: string, handler: HandlerReport): string {
  const { name, bound, run, consumed, passed, passedTo, killed, sent, sendErrors, sendRefused, throttled } = handler;
  const { budget, fuelMedian, fuelMost, woken, transfers } = handler;
  const faults = Object.entries(killed).filter(([, count]) => count > 0);
  const parts = [
    `run ${number.format(run)}`,
    `consumed ${number.format(consumed)}`,
    `passed ${number.format(passed)}`,
    ...(passedTo === 0 ? [] : [`passed to others ${number.format(passedTo)}`]),
    ...faults.map(([reason, count]) => `killed ${number.format(count)} (${killedWords(reason, budget.fuel)})`),
    ...(sent === 0 ? [] : [`sent ${number.format(sent)}`]),
    ...(sendErrors === 0
      ? []
      : [`sends refused ${number.format(sendErrors)} (${refusedWords(sendRefused, number.format)})`]),
    ...(throttled.share === 0
      ? []
      : [`not asked about ${number.format(throttled.share)} (beyond its share of the time)`]),
    ...(woken === 0 ? [] : [`woke its owner ${number.format(woken)} times`]),
    ...(transfers === 0 ? [] : [`transfers ${number.format(transfers)}`]),
    `fuel ≈ ${number.format(fuelMedian)} a message, ${number.format(fuelMost)} at most`,
  ];
  return `handler ${name} of ${binding}: ${parts.join(", ")}${bound ? "" : "; unbound, since it was killed so often"}`;
}

/** Of fuel how much it may use, since that is what is to be changed. */
function killedWords(reason: string, fuel: number): string {
  return reason === "fuel" ? `fuel, of which it may use ${number.format(fuel)} a message` : reason;
}

function drops(dropped: Readonly<Record<string, number>>): string {
  const lost = Object.entries(dropped).filter(([, count]) => count > 0);
  return lost.map(([cause, count]) => `, ${number.format(count)} lost (${cause})`).join("");
}
