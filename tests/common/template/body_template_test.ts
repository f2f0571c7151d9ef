import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { plainTurn } from "../../../common/model/conversation.ts";
import { compileBody, type TemplateRequest } from "../../../common/template/body_template.ts";
import { compilePath } from "../../../common/template/response_path.ts";

const REQUEST: TemplateRequest = {
  model: "m",
  stream: false,
  turns: [
    plainTurn(["before"], { role: "system" }),
    plainTurn(["one", "two"], {
      media: { images: ["data:i"], audios: ["data:a"], videos: ["data:v"] },
      passages: ["p", "q"],
      outputTokens: 5,
    }),
  ],
};

const TEMPLATES: [template: string, body: Record<string, unknown>][] = [
  ['{"text": {{ text|tojson }}}', { text: "one" }],
  ['{"a": {{ texts|tojson }}, "m": {{ model|tojson }}}', { a: ["one", "two"], m: "m" }],
  ['{"n": {{ max_tokens }}, "s": {{ stream|tojson }}}', { n: 5, s: false }],
  // As the reference tool's guide has it, which Python's Jinja needs and ours cannot.
  ['{"s": {{ stream|lower }}, "t": {{ stream | lower }}}', { s: false, t: false }],
  [
    '{"i": {{ image|tojson }}, "is": {{ images|tojson }}, "a": {{ audio|tojson }}, "v": {{ videos|tojson }}}',
    { i: "data:i", is: ["data:i"], a: "data:a", v: ["data:v"] },
  ],
  [
    '{"q": {{ query|tojson }}, "ps": [{% for p in passages %}{"text": {{ p|tojson }}}' +
    "{% if not loop.last %},{% endif %}{% endfor %}]}",
    { q: "one", ps: [{ text: "p" }, { text: "q" }] },
  ],
  [
    '{"r": {{ role|tojson }}, "all": {{ turns|length }}, "mine": {{ turn.texts[1]|tojson }}}',
    { r: "user", all: 2, mine: "two" },
  ],
  ['{"m": {{ messages|tojson }}}', {
    m: [{ role: "system", content: "before" }, { role: "user", content: "one\ntwo" }],
  }],
  ['{% set x = 3 %}{"x": {{ x }}, "y": {{ range(x)|list|tojson }}}', { x: 3, y: [0, 1, 2] }],
  ['{"p": {{ texts_by_name.passages|tojson }}}', { p: ["p", "q"] }],
];

for (const [template, body] of TEMPLATES) {
  Deno.test(`a body is made of the template ${template}`, () => {
    assertEquals(compileBody(template)(REQUEST), body);
  });
}

Deno.test("what a turn does not have is null, or an empty list", () => {
  const template =
    '{"a": [{{ image|tojson }}, {{ passage|tojson }}, {{ max_tokens|tojson }}, {{ videos|tojson }}]}';
  assertEquals(compileBody(template)({ ...REQUEST, turns: [plainTurn(["x"])] }), {
    a: [null, null, null, []],
  });
});

Deno.test("whatever a prompt holds, tojson writes it so that it is read back", () => {
  const body = compileBody('{"text": {{ text|tojson }}}');
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const read = body({ ...REQUEST, turns: [plainTurn([text])] })["text"];
      // A half of a character cannot be written in UTF-8 either way.
      assertEquals(read, text);
    }),
    { numRuns: 300 },
  );
});

const BAD_TEMPLATES: [template: string, message: string][] = [
  ['{"a": {{ promt|tojson }}}', "there is no variable promt; there are text, texts, image"],
  ["{% for t in texts %}{{ t|join(sep) }}{% endfor %}", "there is no variable sep;"],
  ["{% if %}", "Unexpected token"],
  ['{"a": "{{ text }}"', "it does not write valid JSON"],
  ["[1]", "it does not write a JSON object"],
  ['{"a": {{ text|nofilter }}}', "Unknown StringValue filter: nofilter"],
  ["{{ raise_exception('no pictures') }}", "no pictures"],
];

for (const [template, message] of BAD_TEMPLATES) {
  Deno.test(`a template is refused: ${template}`, () => {
    assertThrows(() => compileBody(template)(REQUEST), Error, message);
  });
}

Deno.test("names that a template sets itself, tests, filters and fields are no unknown variables", () => {
  const template = '{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{"x": {{ m(1) }}, ' +
    '"y": {{ text|default(model)|tojson }}, "z": {{ (text is string)|tojson }}}';
  assertEquals(compileBody(template)(REQUEST), { x: 12, y: "one", z: true });
});

Deno.test("a path finds what it leads to, and null where there is nothing or it does not fit", () => {
  const body = { data: [{ embedding: [1, 2] }], choices: [{ text: "a" }, { text: "b" }] };
  const cases: [path: string, found: unknown][] = [
    ["data[0].embedding", [1, 2]],
    ["choices[].text", ["a", "b"]],
    ["join('', choices[].text)", "ab"],
    ["nothing.there", null],
    ["length(nothing)", null],
  ];
  for (const [path, found] of cases) {
    assertEquals(compilePath(path)(body), found, path);
    for (const other of [null, "text", 3, [], {}]) compilePath(path)(other);
  }
});

Deno.test("what is no path is refused, and so are functions that there are not", () => {
  const cases = [
    ["a[", "Syntax error: expected Star"],
    ["", "Syntax error: invalid token"],
    ["nofunc(a)", "Unknown function: nofunc()"],
    ["length(a, b)", "Invalid arity: length() takes 1 argument"],
  ] as const;
  for (const [path, message] of cases) assertThrows(() => compilePath(path), Error, message);
});
