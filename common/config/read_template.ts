import { plainTurn } from "../model/conversation.ts";
import type { TemplatePlan } from "../model/run_config.ts";
import type { OptionKey } from "./option_table.ts";
import { type Problem, quote } from "./problem.ts";
import { type Candidate, problem } from "./rule.ts";
import { BODY_INPUT, FIELD_INPUT } from "./template_inputs.ts";

/** What `--endpoint-type template` sends and reads, or what is wrong with it. */
export interface TemplateReading {
  /** null: the endpoint type is another, or there is something wrong. */
  readonly template: TemplatePlan | null;
  readonly problems: readonly Problem[];
}

/**
 * Reads the template of the body and the path in the answers, from the options or from the extra inputs
 * of these names, and tries both out.
 */
export async function readTemplate(
  candidate: Candidate,
  readFile: (path: string) => Promise<string>,
): Promise<TemplateReading> {
  if (candidate.values.endpointType !== "template") return { template: null, problems: [] };
  const path = setting(candidate, "responseField", FIELD_INPUT);
  const written = setting(candidate, "payloadTemplate", BODY_INPUT);
  if (written === null) {
    const message = "template needs --payload-template, the body of its requests";
    return { template: null, problems: [problem(candidate, "endpointType", message)] };
  }
  const body = await bodyOf(written, readFile);
  const problems = [...body.problems];
  if (body.text !== null) problems.push(...await tryBody(written, body.text));
  if (path !== null) problems.push(...await tryPath(path));
  if (problems.length > 0 || body.text === null) return { template: null, problems };
  return { template: { body: body.text, responseField: path?.value ?? null }, problems };
}

/** A value, and how a complaint about it begins. */
interface Setting {
  readonly value: string;
  complaint(message: string): Problem;
}

function setting(candidate: Candidate, key: OptionKey, input: string): Setting | null {
  const own = candidate.values[key];
  if (typeof own === "string") {
    return { value: own, complaint: (message) => problem(candidate, key, message) };
  }
  const given = candidate.values.extraInputs?.[input];
  if (given === undefined || given === null) return null;
  return {
    // What looks like JSON was read as such.
    value: typeof given === "string" ? given : JSON.stringify(given),
    complaint: (message) => problem(candidate, "extraInputs", `${input} ${message}`),
  };
}

async function bodyOf(
  { value, complaint }: Setting,
  readFile: (path: string) => Promise<string>,
): Promise<{ text: string | null; problems: Problem[] }> {
  const { namedTemplate } = await import("../template/body_template.ts");
  const named = namedTemplate(value);
  if (named !== undefined || /[{\n]/.test(value)) return { text: named ?? value, problems: [] };
  try {
    return { text: await readFile(value), problems: [] };
  } catch {
    const message = `is neither a template, which has braces, nor a file that can be read: ${
      quote(value)
    }`;
    return { text: null, problems: [complaint(message)] };
  }
}

/** Texts with all that JSON has to escape, so that a template which leaves it out is found out. */
const TRIAL = plainTurn(['He said "hello",\nand left\\.'], {
  media: { images: ["data:,"], audios: ["data:,"], videos: ["data:,"] },
  passages: ["One.", 'A "second".'],
  outputTokens: 1,
});

async function tryBody({ complaint }: Setting, text: string): Promise<Problem[]> {
  const { compileBody } = await import("../template/body_template.ts");
  try {
    compileBody(text)({ model: 'a "model"', stream: true, turns: [TRIAL] });
    return [];
  } catch (error) {
    return [complaint(`cannot be used: ${oneLine(error)}`)];
  }
}

async function tryPath({ value, complaint }: Setting): Promise<Problem[]> {
  const { compilePath } = await import("../template/response_path.ts");
  try {
    compilePath(value);
    return [];
  } catch (error) {
    return [complaint(`is no JMESPath expression: ${oneLine(error)}, got ${quote(value)}`)];
  }
}

function oneLine(error: unknown): string {
  return (error as Error).message.replaceAll(/\s+/g, " ").trim();
}
