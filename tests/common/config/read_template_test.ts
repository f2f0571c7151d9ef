import { assertEquals, assertMatch } from "@std/assert";
import { resolveRun } from "../../../common/config/resolve.ts";
import { optionsFor, problemsOf, type World } from "../../helpers/command_line.ts";

const TEMPLATE = '{"text": {{ text|tojson }}}';
const BASE = ["--mock-server", "--endpoint-type", "template"];

async function endpointOf(args: string[], world?: World) {
  const { endpoint, endpointPath } = resolveRun(await optionsFor([...BASE, ...args], world), {
    cliCommand: "",
    workingDir: "/w",
    cpus: 4,
    freshSeed: 1,
    onTerminal: false,
  });
  return { template: endpoint.template, extraInputs: endpoint.extraInputs, endpointPath };
}

Deno.test("a template is a text, a file or a name, and goes to the URL itself", async () => {
  const expected = { extraInputs: {}, endpointPath: "" };
  const template = { body: TEMPLATE, responseField: null };
  assertEquals(await endpointOf(["--payload-template", TEMPLATE]), { ...expected, template });
  const files = { "body.json": TEMPLATE };
  assertEquals(await endpointOf(["--payload-template", "body.json"], { files }), {
    ...expected,
    template,
  });
  const { template: named } = await endpointOf(["--payload-template", "nv-embedqa"]);
  assertEquals(named?.body, '{"text": {{ texts|tojson }}}');
});

Deno.test("template and path may stand among the extra inputs, as in the reference tool", async () => {
  const inputs = [
    "--extra-inputs",
    `payload_template:${TEMPLATE}`,
    "--extra-inputs",
    "response_field:data[0].vector",
    "--extra-inputs",
    "temperature:0.7",
  ];
  assertEquals(await endpointOf(inputs), {
    template: { body: TEMPLATE, responseField: "data[0].vector" },
    extraInputs: { temperature: 0.7 },
    endpointPath: "",
  });
  // One without a variable is read as JSON before anyone knows that it is a template.
  const { template } = await endpointOf(["--extra-inputs", 'payload_template:{"a": 1}']);
  assertEquals(template?.body, '{"a":1}');
});

Deno.test("the options win over the extra inputs, which are sent by other endpoint types", async () => {
  const both = ["--payload-template", TEMPLATE, "--extra-inputs", "payload_template:nv-embedqa"];
  assertEquals((await endpointOf(both)).template?.body, TEMPLATE);
  const options = await optionsFor(["--mock-server", "--extra-inputs", "response_field:a"]);
  assertEquals(options.template, null);
});

const REFUSED: [args: string[], line: RegExp][] = [
  [[], /^--endpoint-type: template needs --payload-template, the body of its requests$/],
  [
    ["--payload-template", "nope.json"],
    /^--payload-template: is neither a template, which has braces, nor a file that can be read: "nope\.json"$/,
  ],
  [
    ["--payload-template", "{% if %}"],
    /^--payload-template: cannot be used: Unexpected token: CloseStatement$/,
  ],
  [
    ["--payload-template", '{"a": "{{ text }}"}'],
    /^--payload-template: cannot be used: it does not write valid JSON: .*; write texts as \{\{ text\|tojson \}\}, which sets the quotes, too$/,
  ],
  [
    ["--extra-inputs", 'payload_template:{"a": {{ promt|tojson }}}'],
    /^--extra-inputs: payload_template cannot be used: there is no variable promt; there are text, /,
  ],
  [
    ["--payload-template", TEMPLATE, "--response-field", "a["],
    /^--response-field: is no JMESPath expression: .*, got "a\["$/,
  ],
];

for (const [args, line] of REFUSED) {
  Deno.test(`a template is refused before anything starts: ${args.join(" ")}`, async () => {
    const problems = await problemsOf([...BASE, ...args]);
    assertEquals(problems.length, 1, problems.join("\n"));
    assertMatch(problems[0]!, line);
  });
}

Deno.test("a template is of no use to other endpoint types", async () => {
  assertEquals(
    await problemsOf(["--mock-server", "--payload-template", "a", "--response-field", "b"]),
    [
      "--payload-template: has no effect without --endpoint-type template",
      "--response-field: has no effect without --endpoint-type template",
    ],
  );
});
