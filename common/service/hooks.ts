import type { CommandKind, CommandOf, MessageOf, MessageType } from "../comms/messages.ts";
import type { RunConfig, RunSecrets } from "../model/run_config.ts";
import type { Peer } from "./peer.ts";

/** The stages of a service's life that a method can hook into. */
export type Stage = "init" | "configure" | "start" | "stop" | "cleanup";

/** What a configure hook gets. */
export interface Configuration {
  readonly config: RunConfig;
  /** null for every service but the workers. */
  readonly secrets: RunSecrets | null;
}

// deno-lint-ignore no-explicit-any -- what TypeScript asks of a decorated method
type AnyMethod = (...args: any[]) => any;
type StageMethod = (configuration: Configuration) => void | Promise<void>;
type PlainMethod = () => void | Promise<void>;
type MessageMethod = (message: never, peer: Peer, text: string) => void | Promise<void>;
type CommandMethod = (command: never, peer: Peer) => unknown;

/** A method that runs again and again. */
export interface PeriodicHook {
  /** Milliseconds from the end of one run to the begin of the next. */
  readonly everyMs: number;
  readonly run: PlainMethod;
}

/**
 * What the decorators of one service instance have collected.
 *
 * In the order of declaration, the hooks of a base class before those of its subclasses. A method
 * that a subclass overrides is called in its place, once, whether the override is decorated or not.
 */
class HookRegistry {
  readonly stages: Record<Stage, StageMethod[]> = {
    init: [],
    configure: [],
    start: [],
    stop: [],
    cleanup: [],
  };
  readonly messages = new Map<string, MessageMethod>();
  readonly commands = new Map<string, CommandMethod>();
  readonly periodic: PeriodicHook[] = [];
  readonly #bound = new Map<AnyMethod, AnyMethod>();

  /** The method bound to its service: the same function each time. */
  bind<M extends AnyMethod>(service: object, method: M): M {
    let bound = this.#bound.get(method) as M | undefined;
    if (!bound) this.#bound.set(method, bound = method.bind(service) as M);
    return bound;
  }

  /** Adds a method to a stage, unless it is there. */
  addToStage(stage: Stage, method: StageMethod): void {
    const methods = this.stages[stage];
    if (!methods.includes(method)) methods.push(method);
  }

  /** Adds a periodic method; of a method that is there, the period changes. */
  addPeriodic(hook: PeriodicHook): void {
    const known = this.periodic.findIndex(({ run }) => run === hook.run);
    if (known < 0) this.periodic.push(hook);
    else this.periodic[known] = hook;
  }
}

// Keyed by instance, because decorators run before the fields of the class that declares them.
const registries = new WeakMap<object, HookRegistry>();

/** The hooks of one service instance. */
export function hooksOf(service: object): HookRegistry {
  let registry = registries.get(service);
  if (!registry) registries.set(service, registry = new HookRegistry());
  return registry;
}

type Register<M extends AnyMethod> = (registry: HookRegistry, method: M) => void;

function methodDecorator<M extends AnyMethod>(register: Register<M>) {
  return function decorate<This extends object>(
    method: M,
    context: ClassMethodDecoratorContext<This, M>,
  ): void {
    context.addInitializer(function (this: This) {
      const registry = hooksOf(this);
      const isOverridable = !context.private && !context.static;
      const own = isOverridable ? Reflect.get(this, context.name) as M : method;
      register(registry, registry.bind(this, own));
    });
  };
}

function stageDecorator(stage: Stage) {
  return methodDecorator<StageMethod>((registry, method) => registry.addToStage(stage, method));
}

/** Runs the method when the service is made ready, before it can be reached. */
export const onInit = stageDecorator("init");

/** Runs the method when the run's configuration is there: listen and prepare here. */
export const onConfigure = stageDecorator("configure");

/** Runs the method once every service is configured: connect to peers and begin here. */
export const onStart = stageDecorator("start");

/** Runs the method when the service is to end its work. */
export const onStop = stageDecorator("stop");

/** Runs the method last, whatever happened, to give back what the service holds. */
export const onCleanup = stageDecorator("cleanup");

/**
 * Runs the method for each message of a type; for a published event this also subscribes to it.
 *
 * The method gets the message, who sent it, and its text as it came.
 *
 * There is one method for a type: a subclass's own takes the place of its base class's.
 */
export function onMessage<T extends MessageType>(type: T) {
  return methodDecorator<
    (message: MessageOf<T>, peer: Peer, text: string) => void | Promise<void>
  >((registry, method) => registry.messages.set(type, method as MessageMethod));
}

/** Runs the method for each command of a kind; what it returns is the answer. */
export function onCommand<K extends CommandKind>(kind: K) {
  return methodDecorator<(command: CommandOf<K>, peer: Peer) => unknown>(
    (registry, method) => registry.commands.set(kind, method as CommandMethod),
  );
}

/**
 * Runs the method every `everyMs` milliseconds from when the service is reachable to its end.
 *
 * A run that is not over when the next is due puts it off; one that fails is the last.
 */
export function every(everyMs: number) {
  return methodDecorator<PlainMethod>((registry, run) => registry.addPeriodic({ everyMs, run }));
}
