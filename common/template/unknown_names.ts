/** Names that every template knows, or that Jinja itself sets. */
const ALWAYS_KNOWN = [
  "loop",
  "namespace",
  "none",
  "None",
  "raise_exception",
  "range",
  "strftime_now",
  "true",
  "True",
  "false",
  "False",
];

/** Where a node of a syntax tree holds a name that is no variable. */
const NO_VARIABLES: Readonly<Record<string, string>> = {
  FilterExpression: "filter",
  TestExpression: "test",
  KeywordArgumentExpression: "key",
};

/** Where a node declares names. */
const DECLARED: Readonly<Record<string, readonly string[]>> = {
  For: ["loopvar"],
  Set: ["assignee"],
  Macro: ["name", "args"],
  CallStatement: ["callerArgs"],
};

type Node = Readonly<Record<string, unknown>>;

/**
 * The variables that the syntax tree of a Jinja template uses though nobody sets them, each once, in
 * the order of the text.
 */
export function unknownNames(tree: unknown, known: readonly string[]): string[] {
  const used = new Set<string>();
  const declared = new Set<string>([...known, ...ALWAYS_KNOWN]);
  collect(tree, { used, declared });
  return [...used].filter((name) => !declared.has(name));
}

interface Names {
  readonly used: Set<string>;
  readonly declared: Set<string>;
}

function collect(node: unknown, names: Names): void {
  if (Array.isArray(node)) return node.forEach((item) => collect(item, names));
  if (!isNode(node)) return;
  const type = String(node["type"]);
  if (type === "Identifier") {
    names.used.add(String(node["value"]));
    return;
  }
  for (const key of DECLARED[type] ?? []) declare(node[key], names.declared);
  const skipped = type === "MemberExpression" && node["computed"] !== true
    ? "property"
    : NO_VARIABLES[type];
  for (const [key, child] of Object.entries(node)) {
    // An operator such as `not` has the form of a name.
    if (key === "operator") continue;
    if (key !== skipped) collect(child, names);
    // A filter may have arguments, which are variables.
    else if (isNode(child) && child["type"] === "CallExpression") collect(child["args"], names);
  }
}

function declare(node: unknown, declared: Set<string>): void {
  if (Array.isArray(node)) return node.forEach((item) => declare(item, declared));
  if (!isNode(node)) return;
  if (node["type"] === "Identifier") declared.add(String(node["value"]));
  else if (node["type"] === "TupleLiteral") declare(node["value"], declared);
  else if (node["type"] === "KeywordArgumentExpression") declare(node["key"], declared);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
