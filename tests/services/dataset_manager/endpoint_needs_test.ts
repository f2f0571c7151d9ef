import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn, type Turn } from "../../../common/model/conversation.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import {
  checkAnswers,
  checkMadeUp,
  checkNeeds,
} from "../../../services/dataset_manager/endpoint_needs.ts";
import { FieldError } from "../../../services/dataset_manager/formats/fields.ts";

const PLAIN = plainTurn(["query"]);
const RANKED = plainTurn(["query"], { passages: ["a"] });
const READY = plainTurn([], { body: "{}" });

Deno.test("what an endpoint cannot do without is missed at the turn that lacks it", () => {
  const cases: [opening: Turn[], turns: Turn[], path: string][] = [
    [[], [PLAIN], "passages"],
    [[], [{ ...RANKED, passages: [] }], "passages"],
    [[], [RANKED, PLAIN], "turns[1].passages"],
    [[PLAIN], [PLAIN], "turns[1].passages"],
  ];
  for (const [opening, turns, path] of cases) {
    const error = assertThrows(
      () => checkNeeds({ opening, turns }, "nim_rankings"),
      FieldError,
    );
    const reason = "is missing, and --endpoint-type nim_rankings needs it";
    assertEquals(error.message, `${path}: ${reason}`);
  }
});

Deno.test("nothing is missed where it is there, where a body is sent as it is, or of other endpoints", () => {
  checkNeeds({ opening: [PLAIN], turns: [RANKED, READY] }, "nim_rankings");
  checkNeeds({ opening: [], turns: [PLAIN] }, "chat");
  checkNeeds({ opening: [], turns: [PLAIN] }, "no such type");
});

Deno.test("made-up prompts are refused by an endpoint that they are no use to", () => {
  const conversation = { index: 0, id: "c", opening: [], turns: [PLAIN] };
  checkMadeUp(conversation, "embeddings");
  checkMadeUp({ ...conversation, turns: [RANKED] }, "hf_tei_rankings");
  assertThrows(
    () => checkMadeUp(conversation, "hf_tei_rankings"),
    BadInputError,
    "--endpoint-type hf_tei_rankings: needs passages, which the made-up prompts do not have; " +
      "give it in an --input-file, or have it made up by --rankings-passages-mean",
  );
  assertThrows(
    () => checkMadeUp(conversation, "raw"),
    BadInputError,
    "--endpoint-type raw: needs payload, which the made-up prompts do not have; give it in an " +
      "--input-file",
  );
});

Deno.test("a turn without a recorded answer is missed where others follow it", () => {
  const answered = plainTurn(["a"], { answer: "A" });
  const opening = [plainTurn(["be brief"], { role: "system" })];
  checkAnswers({ opening, turns: [answered, plainTurn(["b"])] });
  assertThrows(
    () => checkAnswers({ opening, turns: [answered, plainTurn(["b"]), plainTurn(["c"])] }),
    FieldError,
    "turns[2].answer: is missing, and --history dataset needs it",
  );
});
