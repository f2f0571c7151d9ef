import type { OptionValues } from "./option_table.ts";

/** The extra input that says the same as `--payload-template`, as the reference tool has it. */
export const BODY_INPUT = "payload_template";
/** The extra input that says the same as `--response-field`. */
export const FIELD_INPUT = "response_field";

/** The extra inputs that go into every body: those that are not about the template. */
export function bodyInputs({ extraInputs, endpointType }: OptionValues): Record<string, unknown> {
  const all = extraInputs ?? {};
  if (endpointType !== "template") return all;
  const { [BODY_INPUT]: _body, [FIELD_INPUT]: _field, ...others } = all;
  return others;
}
