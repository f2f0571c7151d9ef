/**
 * The house rules that can be read off the syntax; `deno lint` and editors show them.
 * Rules about the tree as a whole are in `tree_rules.ts`.
 */

import { mayTouchTheWorld } from "./io_files.ts";

type Context = Deno.lint.RuleContext;

const ROOT = new URL("../", import.meta.url).pathname;

const WORLD_CALLS = new Set([
  "fetch",
  "setTimeout",
  "setInterval",
  "clearTimeout",
  "clearInterval",
]);
const WORLD_OBJECTS = new Set(["Deno", "console"]);
const WORLD_MEMBERS = new Set(["Date.now", "Math.random"]);

/** The rules of this repository, all named `aiperf/…`. */
const plugin: Deno.lint.Plugin = {
  name: "aiperf",
  rules: {
    "no-world": { create: noWorld },
    "camel-case": { create: camelCase },
    "no-private-keyword": { create: noPrivateKeyword },
    "no-top-level-arrow": { create: noTopLevelArrow },
    "no-enum": { create: noEnum },
    "no-default-export": { create: noDefaultExport },
    "no-reexport": { create: noReexport },
    "literal-import": { create: literalImport },
    "bounded-wait": { create: boundedWait },
    "no-literal-accessor": { create: noLiteralAccessor },
  },
};

export default plugin;

/** What computes is given time, randomness and I/O; it does not reach for them. */
function noWorld(context: Context): Deno.lint.LintVisitor {
  if (mayTouchTheWorld(pathOf(context))) return {};
  const declared = new Set<string>();
  const uses: { node: Deno.lint.Node; name: string; global: string }[] = [];
  return {
    Identifier(node) {
      if (isBinding(node)) declared.add(node.name);
    },
    MemberExpression(node) {
      if (node.object.type !== "Identifier") return;
      const global = node.object.name;
      const member = node.property.type === "Identifier" ? node.property.name : "";
      const name = `${global}.${member}`;
      if (WORLD_OBJECTS.has(global) || WORLD_MEMBERS.has(name)) uses.push({ node, name, global });
    },
    CallExpression(node) {
      const { callee } = node;
      if (callee.type !== "Identifier" || !WORLD_CALLS.has(callee.name)) return;
      uses.push({ node, name: `${callee.name}()`, global: callee.name });
    },
    NewExpression(node) {
      const { callee } = node;
      if (callee.type !== "Identifier" || callee.name !== "Date") return;
      if (node.arguments.length === 0) uses.push({ node, name: "new Date()", global: "Date" });
    },
    "Program:exit"() {
      for (const { node, name, global } of uses) {
        if (declared.has(global)) continue;
        context.report({
          node,
          message: `${name} outside the files that do I/O`,
          hint: "Take it as an argument, or list the file in scripts/io_files.ts if I/O is its job",
        });
      }
    },
  };
}

const CAMEL_CASE_REGEXP = /^_*[a-zA-Z0-9$]*$/;
const CONSTANT_CASE_REGEXP = /^[A-Z][A-Z0-9_]*$/;

/** Variables and functions; keys may be anything, since exports have the names of other tools. */
function camelCase(context: Context): Deno.lint.LintVisitor {
  return {
    Identifier(node) {
      const { name } = node;
      if (!isBinding(node) || CAMEL_CASE_REGEXP.test(name) || CONSTANT_CASE_REGEXP.test(name)) {
        return;
      }
      context.report({ node, message: `The name ${name} is not in camelCase` });
    },
  };
}

/** Whether the identifier is a name that the file itself gives to something. */
function isBinding(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "VariableDeclarator":
      return parent.id === node;
    case "FunctionDeclaration":
      return parent.id === node || parent.params.some((param) => param === node);
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return parent.params.some((param) => param === node);
    case "ImportSpecifier":
      return parent.local === node;
    case "Property":
      return parent.parent.type === "ObjectPattern" && parent.value === node;
    case "AssignmentPattern":
      return parent.left === node;
    default:
      return false;
  }
}

/** `#name` is private when the program runs, too. */
function noPrivateKeyword(context: Context): Deno.lint.LintVisitor {
  function check(node: Deno.lint.PropertyDefinition | Deno.lint.MethodDefinition): void {
    if (node.accessibility !== "private") return;
    context.report({ node, message: "The keyword private", hint: "Write #name" });
  }
  return { PropertyDefinition: check, MethodDefinition: check };
}

/** A function that stands by itself is declared as one: it has a name in traces and is hoisted. */
function noTopLevelArrow(context: Context): Deno.lint.LintVisitor {
  return {
    VariableDeclarator(node) {
      if (node.init?.type !== "ArrowFunctionExpression") return;
      const { parent } = node.parent;
      if (parent.type !== "Program" && parent.type !== "ExportNamedDeclaration") return;
      context.report({
        node,
        message: "An arrow function at top level",
        hint: "Declare it with function",
      });
    },
  };
}

/** Enums are code that types cannot erase; a union of literals says the same. */
function noEnum(context: Context): Deno.lint.LintVisitor {
  return {
    TSEnumDeclaration(node) {
      context.report({ node, message: "An enum", hint: "Use a union of string literals" });
    },
  };
}

/** A thing has one name everywhere. */
function noDefaultExport(context: Context): Deno.lint.LintVisitor {
  if (pathOf(context) === "scripts/lint_plugin.ts") return {};
  return {
    ExportDefaultDeclaration(node) {
      context.report({ node, message: "A default export", hint: "Export it by its name" });
    },
  };
}

/** Barrels hide who needs what and load what nobody asked for. */
function noReexport(context: Context): Deno.lint.LintVisitor {
  function report(node: Deno.lint.Node): void {
    context.report({
      node,
      message: "A name exported from another file",
      hint: "Import it where it is declared",
    });
  }
  return {
    ExportAllDeclaration: report,
    ExportNamedDeclaration(node) {
      if (node.source) report(node);
    },
  };
}

/** `deno compile` embeds only what it can see: a computed `import()` is missing from the binary. */
function literalImport(context: Context): Deno.lint.LintVisitor {
  if (/^(tests|scripts)\//.test(pathOf(context))) return {};
  return {
    ImportExpression(node) {
      if (node.source.type === "Literal") return;
      context.report({
        node,
        message: "import() of a name that is computed",
        hint: "Write one literal import() for each module",
      });
    },
  };
}

const ENDS = new Set(["closed", "exited"]);
const QUESTIONS = new Set(["request", "ask"]);

/** What another process is to do may never come: every wait for it has a deadline. */
function boundedWait(context: Context): Deno.lint.LintVisitor {
  if (/^(tests|scripts)\//.test(pathOf(context))) return {};
  return {
    AwaitExpression(node) {
      const { argument } = node;
      if (argument.type !== "MemberExpression" || !ENDS.has(nameOf(argument.property))) return;
      context.report({
        node,
        message: "A wait without a deadline for the end of another process",
        hint: "Write await atMost(clock, ms, …)",
      });
    },
    CallExpression(node) {
      const { callee } = node;
      if (callee.type !== "MemberExpression" || !QUESTIONS.has(nameOf(callee.property))) return;
      if (!node.arguments.some((argument) => nameOf(argument) === "Infinity")) return;
      context.report({
        node,
        message: "A question without a deadline for its answer",
        hint: "Give it a time limit",
      });
    },
  };
}

/**
 * Each object that is written with an accessor has a shape of its own, which keeps the accessor, and
 * all that it sees, until the engine's next full collection.
 */
function noLiteralAccessor(context: Context): Deno.lint.LintVisitor {
  if (/^(tests|scripts)\//.test(pathOf(context))) return {};
  return {
    Property(node) {
      if (node.kind === "init") return;
      context.report({
        node,
        message: "An object that is written with an accessor",
        hint: "Use a method, or a class: its objects share their accessors",
      });
    },
  };
}

function nameOf(node: Deno.lint.Node): string {
  return node.type === "Identifier" ? node.name : "";
}

function pathOf(context: Context): string {
  const { filename } = context;
  return filename.startsWith(ROOT) ? filename.slice(ROOT.length) : filename;
}
