/** `exonet explain`: why a packet matched or did not, filter by filter. `--json` has every step of every filter. */
import { explainPacket, type FilterToExplain, type PacketExplained } from "../appliance/explanation.js";
import { frameAt, type NumberedFrame } from "../appliance/frame-at.js";
import { inputOf, tellDamage } from "./capture-file.js";
import { explanationText, lineOf } from "./explain-text.js";
import { InputError } from "./failure.js";
import { loadFilters } from "./filter-path.js";

export interface ExplainCommand {
  readonly filters: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export async function explain(capture: string, packet: number, command: ExplainCommand): Promise<number> {
  const filters = loadFilters(command.filters);
  const { frame, packets, pass } = await frameAt(inputOf(capture), packet);
  if (frame === undefined) {
    const code = tellDamage(capture, pass.capture);
    if (code === 0) throw new InputError("PACKET", `the capture has ${packets} packets, and no number ${packet}`);
    return code;
  }
  const asked: FilterToExplain[] = filters.map(({ name, language, text }) => ({ name, language, text }));
  const explained = explainPacket(frame, asked);
  const text = command.json === true ? `${asJson(frame, explained)}\n` : explanationText(frame, explained, command);
  process.stdout.write(text);
  return 0;
}

function asJson(frame: NumberedFrame, { winner, reason, filters }: PacketExplained): string {
  const { number, time, captured, facts, octets } = frame;
  const packet = {
    number,
    time: time.toString(),
    captured,
    wire: facts.wire,
    linkType: facts.link,
    line: lineOf(frame),
    octets: Buffer.from(octets).toString("hex"),
  };
  return JSON.stringify({ packet, winner: winner ?? null, reason, filters });
}
