import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { chatTemplateOf, compileChatTemplate } from "../../../common/tokenizer/chat_template.ts";

const USER = [{ role: "user", content: "hi" }];

Deno.test("a template is found in the configuration, by name, or in a file of its own", () => {
  const of = (config: unknown, file: string | null = null) =>
    chatTemplateOf(config, file)?.template;
  assertEquals(of({ chat_template: "a" }), "a");
  assertEquals(of({ chat_template: "a" }, "b"), "b");
  const several = [{ name: "tool_use", template: "t" }, { name: "default", template: "d" }];
  assertEquals(of({ chat_template: several }), "d");
  assertEquals(of({ chat_template: several.slice(0, 1) }), "t");
  for (const none of [{}, null, { chat_template: null }, { chat_template: 3 }, []]) {
    assertEquals(chatTemplateOf(none, null), null);
  }
});

Deno.test("a template knows the special tokens, however they are written", () => {
  const config = {
    chat_template: "x",
    bos_token: "<s>",
    eos_token: { content: "</s>", lstrip: false },
    pad_token: null,
    add_bos_token: true,
  };
  assertEquals(chatTemplateOf(config, null)?.specialTokens, {
    bos_token: "<s>",
    eos_token: "</s>",
  });
});

Deno.test("the text ends where the model begins to answer", async () => {
  const template = "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m['content'] | trim }}" +
    "{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}" +
    "{% if tools is none and documents is none %}.{% endif %}";
  const render = await compileChatTemplate({ template, specialTokens: { bos_token: "^" } });
  assertEquals(
    render([...USER, { role: "assistant", content: " a " }]),
    "^<user>hi<assistant>a<assistant>.",
  );
});

Deno.test("a template that refuses the messages says why", async () => {
  const template = "{{ raise_exception('no system, please') }}";
  const render = await compileChatTemplate({ template, specialTokens: {} });
  assertThrows(() => render(USER), Error, "no system, please");
});

Deno.test("what is no Jinja is refused before anything is counted", async () => {
  await assertRejects(
    () => compileChatTemplate({ template: "{% for %}", specialTokens: {} }),
    SyntaxError,
    "Unexpected token",
  );
});
