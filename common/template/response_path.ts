import { compile, type JSONValue, TreeInterpreter } from "@jmespath-community/jmespath";

/** What an expression finds in a body; null when it finds nothing, or does not fit the body. */
export type ResponsePath = (body: unknown) => unknown;

/** Prepares a JMESPath expression. Throws an Error when it is none. */
export function compilePath(expression: string): ResponsePath {
  const tree = compile(expression);
  // Names of functions are looked up, and their arguments counted, only when it runs.
  tryOut(() => TreeInterpreter.search(tree, {}));
  return (body) => {
    try {
      return TreeInterpreter.search(tree, body as JSONValue) ?? null;
    } catch {
      return null;
    }
  };
}

function tryOut(search: () => unknown): void {
  try {
    search();
  } catch (error) {
    if (/^(?:unknown function|invalid arity)/i.test((error as Error).message)) throw error;
  }
}
