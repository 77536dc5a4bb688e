/**
 * What the calls of the control plane do, on the data plane's side, and what is told of who exists as a consequence. Whoever calls
 * has shown a capability; the kernel judges what it has authority over.
 */
import type { CallName, Calls } from "../kernel/calls.js";
import type { Capability } from "../kernel/capability.js";
import type { Refused } from "../kernel/changes.js";
import type { Environment } from "../kernel/environment.js";
import type { Kernel } from "../kernel/kernel.js";
import { Relinking } from "../kernel/relinking.js";
import type { ImageMachine } from "../vcode/image.js";
import { linkImage } from "../vcode/image-target.js";
import { type CapabilityRequest, type CapabilityRequests, isCapabilityCall } from "./capability-requests.js";
import { arrived, arrivedExchange, type Carried, type CarriedExchange } from "./carried.js";
import { filePorts } from "./file-port.js";
import { type CallOnHandlers, type HandlerRequest, isCallOnHandlers, performOnHandlers } from "./handler-requests.js";
import type { CarriedCall, CarriedCreate, FromDataPlane } from "./messages.js";
import type { Player } from "./player.js";
import { makePort, type OpenFile, portViews, removePort } from "./port-requests.js";
import { bindingView, environmentView } from "./views.js";

export class DataPlaneCalls {
  readonly #kernel: Kernel;
  readonly #player: Player;
  readonly #capabilities: CapabilityRequests;
  readonly #post: (message: FromDataPlane) => void;
  readonly #openFile: OpenFile;
  /** Environments that wait for their worker's end before they are destroyed. */
  readonly #ending = new Map<number, () => void>();

  constructor(
    kernel: Kernel,
    player: Player,
    capabilities: CapabilityRequests,
    post: (message: FromDataPlane) => void,
  ) {
    this.#kernel = kernel;
    this.#player = player;
    this.#capabilities = capabilities;
    this.#post = post;
    this.#openFile = filePorts(post);
  }

  /** `by`: the capability of whoever asks, which has the right that the call needs. Throws Refusals. */
  perform(
    request: CarriedCall,
    by: Capability,
    done: (result: Calls[CallName]["result"]) => void,
    refused: Refused,
  ): void {
    const player = this.#player;
    const at = <K extends CallName>(_name: K) => request.args as Calls[K]["args"];
    const { call } = request;
    if (isCapabilityCall(call)) {
      return this.#capabilities.perform(
        request.capability,
        { call, args: at(call) } as CapabilityRequest,
        done,
        refused,
      );
    }
    if (isCallOnHandlers(call)) return done(this.#onHandlers({ call, args: request.args } as HandlerRequest, by));
    switch (call) {
      case "createEnvironment":
        return done(this.#createEnvironment(request.args as CarriedCreate, by));
      case "activate":
        return done(this.#activate(at("activate"), by));
      case "destroyEnvironment":
        return this.#destroyEnvironment(at("destroyEnvironment").environment, by, done);
      case "bind":
      case "exchange":
      case "rebind":
        return this.#bind(request, by, done, refused);
      case "unbind": {
        const result = this.#kernel.binder.unbind(by, at("unbind"));
        this.bindingsChanged(at("unbind").bindings, []);
        return done(result);
      }
      case "openReplay":
        player.open(at("openReplay").sources, at("openReplay").options);
        return done({});
      case "play":
        player.play();
        return done({});
      case "pause":
        player.pause();
        return done({});
      case "step":
        player.step(at("step").packets);
        return done({});
      case "seek":
        return done({ epoch: player.seek(at("seek")) });
      case "speed":
        player.speed(at("speed").speed);
        return done({});
      case "skip":
        player.skip();
        return done({});
      case "stop":
        player.stop();
        return done({});
      case "target":
        return this.#setTarget(at("target"), done, refused);
      case "heat":
        return this.#kernel.program.setHeat(at("heat").on, () => done({}), refused);
      case "trace":
        this.#kernel.trace.switch(at("trace").levels);
        this.#post({ kind: "trace", levels: this.#kernel.trace.levels, events: [] });
        return done({});
      case "createPort":
        return done(makePort(this.#kernel, at("createPort"), by, this.#openFile));
      case "destroyPort":
        removePort(this.#kernel, at("destroyPort").name, by);
        return done({});
      case "ports":
        return done({ ports: portViews(this.#kernel) });
      case "heatOf":
        return done(this.#kernel.running.heatOf(at("heatOf").nodes));
      case "slices":
        return done(this.#kernel.cpu.book);
      case "allocateSlice":
        return done(this.#kernel.lifetimes.allocateSlice(at("allocateSlice"), by));
      case "releaseSlice":
        return done(this.#kernel.lifetimes.releaseSlice(at("releaseSlice"), by));
      case "reclaim":
        return done(this.#kernel.lifetimes.reclaim(at("reclaim"), by));
      case "revocations":
        return done(this.#kernel.holdings.revocations(at("revocations")));
      case "pageBook":
        return done(this.#kernel.holdings.pageBook(at("pageBook")));
      case "segmentBook":
        return done(this.#kernel.holdings.segmentBook());
      default:
        return never(call);
    }
  }

  #onHandlers(request: HandlerRequest, by: Capability): Calls[CallOnHandlers]["result"] {
    const { handlers, environments } = this.#kernel;
    return performOnHandlers(handlers, request, by, environments.facts.target);
  }

  /** Handlers go over to it together with the merged program, or neither does. */
  #setTarget(args: Calls["target"]["args"], done: (result: object) => void, refused: Refused): void {
    const relinking = new Relinking(this.#kernel.ash, this.#kernel.handlers, args.target);
    const switched = () => {
      relinking.install();
      this.#post({ kind: "machine", machine: this.#kernel.environments.facts });
      done({});
    };
    this.#kernel.program.setTarget(args, switched, refused);
  }

  #createEnvironment({ image, ...args }: CarriedCreate, by: Capability): Calls["createEnvironment"]["result"] {
    const link = image === undefined ? undefined : (machine: ImageMachine) => linkImage(image, machine);
    const result = this.#kernel.createEnvironment(args, by, link);
    this.environmentChanged(this.#kernel.environments.get(result.environment)!, null);
    return result;
  }

  #activate(args: Calls["activate"]["args"], by: Capability): Calls["activate"]["result"] {
    const result = this.#kernel.lifetimes.activate(args, by);
    const environment = this.#kernel.environments.get(args.environment);
    // It may have other pages now; one that failed has been told.
    if (environment?.state === "alive") this.environmentChanged(environment, null);
    return result;
  }

  /** Its pages can be given back only when its worker has ended, which the control thread sees to. */
  #destroyEnvironment(id: number, by: Capability, done: (result: object) => void): void {
    const environment = this.#kernel.beginDestroying(id, by);
    const destroy = () => {
      this.#capabilities.environmentGone(id);
      this.bindingsChanged(this.#kernel.destroyEnvironment(environment), []);
      this.#post({ kind: "environment-gone", environment: id });
      done({});
    };
    if (environment.calls === undefined) return destroy();
    this.#ending.set(id, destroy);
    this.#post({ kind: "end-worker", environment: id, reason: null });
  }

  /** Calls with filters. */
  #bind(
    request: CarriedCall,
    capability: Capability,
    done: (result: Calls[CallName]["result"]) => void,
    refused: Refused,
  ): void {
    const { binder } = this.#kernel;
    if (request.call === "bind") {
      const args = arrived(request.args as Carried<Calls["bind"]["args"]>);
      const bound = (result: Calls["bind"]["result"]) => {
        this.bindingsChanged([], [result.binding]);
        done(result);
      };
      return binder.bind(capability, args, bound, refused);
    }
    if (request.call === "rebind") {
      const args = arrived(request.args as Carried<Calls["rebind"]["args"]>);
      const changed = (result: Calls["rebind"]["result"]) => {
        this.bindingsChanged([], args.bindings);
        done(result);
      };
      return binder.rebind(capability, args, changed, refused);
    }
    const args = arrivedExchange(request.args as CarriedExchange);
    const exchanged = (result: Calls["exchange"]["result"]) => {
      this.bindingsChanged(args.release, result.bindings);
      done(result);
    };
    return binder.exchange(capability, args, exchanged, refused);
  }

  /** A hosted environment's worker has ended: one that is being destroyed can go. */
  workerEnded(id: number): void {
    this.#ending.get(id)?.();
    this.#ending.delete(id);
  }

  bindingsChanged(ended: readonly number[], changed: readonly number[]): void {
    const views = changed.flatMap((slot) => bindingView(this.#kernel.bindings.get(slot)) ?? []);
    if (ended.length + views.length > 0) this.#post({ kind: "bindings", ended, changed: views });
  }

  environmentChanged(environment: Environment, error: string | null): void {
    const { id, kind } = environment;
    const pages = kind === "downloaded" ? this.#kernel.activations.pagesOf(id) : environment.pages;
    this.#post({ kind: "environment", view: environmentView(environment, pages, error) });
  }
}

function never(value: never): never {
  throw new Error(`data plane: ${JSON.stringify(value)} is not a message`);
}
