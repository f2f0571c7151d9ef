import { assertEquals } from "@std/assert";
import type { HttpTransport, ReadyRequest } from "../../../../common/http/http_transport.ts";
import { rawPartName } from "../../../../common/model/artifact_files.ts";
import type { RequestRecord } from "../../../../common/model/record.ts";
import { ExchangeTap } from "../../../../services/worker/raw/exchange_tap.ts";
import { RawExport } from "../../../../services/worker/raw/raw_export.ts";
import { withFolder } from "../../../helpers/journal_text.ts";
import { recordOf } from "../../../helpers/records.ts";

/** A request that has been handed to its transport, and is held there for good. */
function heldTap(): ExchangeTap {
  const ready: ReadyRequest = { send: () => new Promise(() => {}) };
  const transport: Pick<HttpTransport, "prepare"> = { prepare: () => ready };
  const tap = new ExchangeTap(transport as HttpTransport);
  const message = { method: "POST" as const, url: "http://h/v1", headers: [], body: "{}" };
  void tap.prepare(message).send(new AbortController().signal);
  return tap;
}

Deno.test("what was called off before it was sent has no line, also where it had been handed to its connection", async () => {
  await withFolder(async (folder) => {
    const prefix = "profile_export";
    const raw = await RawExport.open({ folder, prefix, workerId: "w", redact: (text) => text });
    const calledOff: Partial<RequestRecord> = { outcome: "cancelled", sentNs: null };
    await raw.write(recordOf({ requestId: "sent" }), heldTap());
    await raw.write(recordOf({ requestId: "called off", ...calledOff }), heldTap());
    await raw.write(recordOf({ requestId: "cut off", outcome: "cancelled" }), heldTap());
    await raw.close();
    const text = await Deno.readTextFile(`${folder}/${rawPartName(prefix, "w")}`);
    const ids = text.trimEnd().split("\n").map((line) => JSON.parse(line).metadata.x_request_id);
    assertEquals(ids, ["sent", "cut off"]);
  });
});
