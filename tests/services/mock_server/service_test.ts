import { assert, assertEquals, assertRejects } from "@std/assert";
import { MockServerService } from "../../../services/mock_server/service.ts";
import { ComponentHarness } from "../../helpers/service_harness.ts";
import { until } from "../../helpers/until.ts";

/** A mock server in a run, and where it listens. */
async function up(): Promise<{ harness: ComponentHarness<MockServerService>; url: string }> {
  const harness = await ComponentHarness.up((context) => new MockServerService(context), {
    type: "mock_server",
    init: { model: "some/model" },
  });
  const { info } = await harness.controller.next("hello");
  return { harness, url: info["url"]! };
}

/** The ports of this machine to which connections are made while `work` is done. */
async function portsDialled(work: () => Promise<void>): Promise<number[]> {
  const { connect } = Deno;
  const ports: number[] = [];
  Deno.connect = ((options: Deno.ConnectOptions) => {
    ports.push(options.port);
    return connect(options);
  }) as typeof connect;
  try {
    await work();
  } finally {
    Deno.connect = connect;
  }
  return ports;
}

async function jsonOf(url: string): Promise<Record<string, unknown>> {
  return await (await fetch(url, { headers: { connection: "close" } })).json();
}

Deno.test("the mock server of a run says where it listens, serves what the run wants, and is gone at the end", async () => {
  const { harness, url } = await up();
  await using _ = harness;
  const { data } = await jsonOf(`${url}/v1/models`) as { data: { id: string }[] };
  assertEquals(data.map(({ id }) => id), ["some/model"]);
  await harness.service.cleanup();
  await assertRejects(() => fetch(url), TypeError);
});

Deno.test("the mock server of a run rehearses while it is configured, and counts nothing of it", async () => {
  const { harness, url } = await up();
  await using _ = harness;
  const ports = await portsDialled(() => harness.configure());
  assert(ports.length > 0, "it has played to itself");
  assert(!ports.includes(Number(new URL(url).port)), "on another stage");
  assertEquals((await jsonOf(`${url}/mock/stats`))["received"], 0);
});

Deno.test("the mock server of a run logs once what it has refused", async () => {
  const { harness, url } = await up();
  await using _ = harness;
  for (let i = 0; i < 2; i++) {
    using connection = await Deno.connect({ port: Number(new URL(url).port) });
    await connection.write(Uint8Array.of(22, 3, 1));
    while (await connection.read(new Uint8Array(1024)) !== null);
  }
  await until("the warning", () => harness.logged("WARNING"));
  const warnings = harness.log.filter((line) => line.includes("WARNING"));
  assertEquals(warnings.map((line) => line.replace(/^.*WARNING +/, "")), [
    "mock_server Refused what is no request: This server has no https://",
  ]);
});
