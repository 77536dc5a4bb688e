import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface, EpochResult, ReplayStatus } from "../../src/appliance/interface.js";
import { booksOf, countersOf, environmentOf, refresh } from "../../src/control/picture.js";
import type { Filter } from "../../src/dpf/atom.js";
import type { Right } from "../../src/kernel/abi.js";
import type { CallName, Calls, ReplayOptions } from "../../src/kernel/calls.js";

/** An appliance of a test's own, with the root capability in hand. */
export class Machine {
  readonly appliance: ApplianceInterface;

  private constructor(appliance: ApplianceInterface) {
    this.appliance = appliance;
  }

  static async start(options: Parameters<typeof startAppliance>[0] = {}): Promise<Machine> {
    return new Machine(await startAppliance(options));
  }

  /** The result of a call that must succeed. */
  async call<K extends CallName>(name: K, args: Calls[K]["args"]): Promise<Calls[K]["result"]> {
    const answer = await this.appliance.call(this.appliance.rootCapability, name, args);
    if (!answer.ok) throw new Error(`${name}: ${answer.error}: ${answer.detail}`);
    return answer.result;
  }

  /** A capability derived from the root's, as text. */
  async derived(name: string, rights: readonly Right[], frames?: readonly number[]): Promise<string> {
    const wanted = { name, rights, expires: 0, ...(frames === undefined ? {} : { frames }) };
    return (await this.call("derive", wanted)).text;
  }

  /** The error of a call that must fail. */
  async refusal<K extends CallName>(name: K, args: Calls[K]["args"], capability?: string): Promise<string> {
    const answer = await this.appliance.call(capability ?? this.appliance.rootCapability, name, args);
    if (answer.ok) throw new Error(`${name} succeeded`);
    return answer.error;
  }

  async filter(text: string): Promise<Filter> {
    const checked = await this.appliance.check(text, "dpf");
    if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
    return checked.filter;
  }

  async environment(name: string, program: string, options: Record<string, unknown> = {}): Promise<number> {
    return (await this.call("createEnvironment", { name, program, options })).environment;
  }

  async bind(name: string, text: string, environment = 0, mode: "claim" | "tap" = "tap", priority = 0) {
    const filter = await this.filter(text);
    return this.call("bind", { name, environment, mode, priority, filter });
  }

  async open(path: string, options: Partial<ReplayOptions> = {}): Promise<void> {
    const sources = [{ kind: "file", name: path, path }] as const;
    await this.call("openReplay", { sources, options: { speed: "max", loop: 1, lossless: true, ...options } });
  }

  /** Plays to the end; what the epochs came to. */
  async playToEnd(): Promise<EpochResult[]> {
    const epochs: EpochResult[] = [];
    const ended = this.until("ended", "failed");
    const stop = this.appliance.listen((event) => {
      if (event.kind === "epoch-ended") epochs.push(event.result);
    });
    await this.call("play", {});
    const status = await ended;
    stop();
    if (status.state === "failed") throw new Error(`replay: ${status.error}`);
    return epochs;
  }

  until(...states: readonly ReplayStatus["state"][]): Promise<ReplayStatus> {
    return new Promise((resolve) => {
      const stop = this.appliance.listen((event) => {
        if (event.kind !== "replay" || !states.includes(event.status.state)) return;
        stop();
        resolve(event.status);
      });
    });
  }

  counters(binding: number) {
    refresh(this.appliance);
    return countersOf(binding, this.appliance.books);
  }

  books() {
    refresh(this.appliance);
    return booksOf(this.appliance.books);
  }

  environmentView(id: number) {
    refresh(this.appliance);
    const view = this.appliance.environments.get(id);
    if (view === undefined) throw new Error(`no environment ${id}`);
    return environmentOf(view, this.appliance);
  }

  close(): Promise<void> {
    return this.appliance.close();
  }
}
