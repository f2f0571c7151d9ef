import { assertEquals } from "@std/assert";
import {
  every,
  hooksOf,
  onCleanup,
  onCommand,
  onInit,
  onMessage,
  onStart,
  onStop,
} from "../../../common/service/hooks.ts";

const NO_CONFIGURATION = undefined as never;

class Base {
  readonly seen: string[] = [];

  @onInit
  first(): void {
    this.seen.push("base.first");
  }

  @onInit
  second(): void {
    this.seen.push("base.second");
  }

  @onStop
  end(): void {
    this.seen.push("base.end");
  }

  @onCleanup
  #free(): void {
    this.seen.push("base.free");
  }

  @onCommand("start")
  begin(): string {
    return "base.begin";
  }

  @onMessage("status")
  note(): void {
    this.seen.push("base.note");
  }

  @every(1_000)
  beat(): void {
    this.seen.push("base.beat");
  }
}

class Derived extends Base {
  // Decorators run before the fields: a hook must find them set when it is called.
  readonly own = "own";

  @onInit
  third(): void {
    this.seen.push(`derived.third with ${this.own}`);
  }

  @onStop
  override end(): void {
    super.end();
    this.seen.push("derived.end");
  }

  @onCleanup
  #free(): void {
    this.seen.push("derived.free");
  }

  // Not decorated: it still takes its base's place.
  override note(): void {
    this.seen.push("derived.note");
  }

  @onCommand("start")
  beginOtherwise(): string {
    return "derived.begin";
  }

  @every(250)
  override beat(): void {
    this.seen.push("derived.beat");
  }
}

async function run(service: object, stage: "init" | "start" | "stop" | "cleanup"): Promise<void> {
  for (const hook of hooksOf(service).stages[stage]) await hook(NO_CONFIGURATION);
}

Deno.test("hooks run in the order of declaration, a base class's first", async () => {
  const service = new Derived();
  await run(service, "init");
  assertEquals(service.seen, ["base.first", "base.second", "derived.third with own"]);
});

Deno.test("a method that is overridden runs once, in its base's place", async () => {
  const service = new Derived();
  await run(service, "stop");
  assertEquals(service.seen, ["base.end", "derived.end"]);
});

Deno.test("an override takes its base's messages, decorated or not", async () => {
  const service = new Derived();
  await hooksOf(service).messages.get("status")!(NO_CONFIGURATION, NO_CONFIGURATION, "");
  assertEquals(service.seen, ["derived.note"]);
});

Deno.test("private hooks of the same name are two hooks", async () => {
  const service = new Derived();
  await run(service, "cleanup");
  assertEquals(service.seen, ["base.free", "derived.free"]);
});

Deno.test("a subclass's command takes the place of its base's", () => {
  const begin = (service: object) =>
    hooksOf(service).commands.get("start")!(NO_CONFIGURATION, NO_CONFIGURATION);
  assertEquals(begin(new Base()), "base.begin");
  assertEquals(begin(new Derived()), "derived.begin");
});

Deno.test("an override can change the period of a periodic hook", () => {
  const service = new Derived();
  assertEquals(hooksOf(service).periodic.map(({ everyMs }) => everyMs), [250]);
  void hooksOf(service).periodic[0]!.run();
  assertEquals(service.seen, ["derived.beat"]);
});

Deno.test("several instances do not share hooks, and a class not its subclass's", async () => {
  const services = [new Base(), new Derived(), new Base()];
  for (const service of services) await run(service, "stop");
  assertEquals(services.map(({ seen }) => seen), [["base.end"], ["base.end", "derived.end"], [
    "base.end",
  ]]);
  assertEquals(hooksOf(services[0]!).stages.init.length, 2);
  assertEquals(hooksOf(services[1]!).stages.init.length, 3);
});

Deno.test("one method can be several hooks", async () => {
  class Both {
    calls = 0;

    @onStart
    @onStop
    step(): void {
      this.calls++;
    }
  }
  const service = new Both();
  await run(service, "start");
  await run(service, "stop");
  assertEquals(service.calls, 2);
});

Deno.test("what has no hooks has an empty registry", () => {
  assertEquals(hooksOf({}).stages.init, []);
  assertEquals(hooksOf({}).messages.size, 0);
});
