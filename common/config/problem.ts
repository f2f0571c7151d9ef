/** One thing that is wrong with what the user gave. */
export interface Problem {
  /** The flag, environment variable or place in the file, as the user wrote it; never a secret. */
  readonly where: string;
  /** What is wrong, with the value that was seen and what is allowed, without a line end. */
  readonly message: string;
}

/** One line for each problem, in the order in which they were found. */
export function renderProblems(problems: readonly Problem[]): string {
  return problems.map((problem) => `${problem.where}: ${problem.message}\n`).join("");
}

/** A value that cannot be used; each message follows the flag and a colon, and holds no secret. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly messages: readonly string[];

  constructor(...messages: readonly string[]) {
    super(messages.join("; "));
    this.messages = messages;
  }
}

/** Converts every item; throws one Refusal with the messages of all items that were refused. */
export function convertAll<I, T>(items: readonly I[], convert: (item: I) => T): T[] {
  const messages: string[] = [];
  const results = items.flatMap((item) => {
    try {
      return [convert(item)];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      messages.push(...error.messages);
      return [];
    }
  });
  if (messages.length > 0) throw new Refusal(...messages);
  return results;
}

/** The text as a message shows it: in double quotes, on one line, cut when it is very long. */
export function quote(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return JSON.stringify(cut);
}
