import type * as z from "zod/mini";

/** Whether a value that came out of `JSON.parse` is exactly what a schema describes. */
export type QuickCheck = (value: unknown) => boolean;

/**
 * A check that is several times quicker than the schema's own parse, for the hot path.
 *
 * True means that the schema accepts the value and would return it unchanged. False means nothing:
 * ask the schema, which also has the words for what is wrong. That is so for unknown fields, and
 * for every kind of schema that is not known here.
 */
export function quickCheck(schema: z.core.$ZodType): QuickCheck {
  const { def } = schema._zod as z.core.$ZodTypes["_zod"];
  // A rule beyond the type, such as a minimum: leave it to the schema.
  if (def.checks !== undefined && def.checks.length > 0) return never;
  switch (def.type) {
    case "string":
      return (value) => typeof value === "string";
    case "boolean":
      return (value) => typeof value === "boolean";
    case "number":
      return numberCheck(def);
    case "unknown":
      return (value) => value !== undefined;
    case "literal":
      return oneOf(def.values);
    case "enum":
      return oneOf(Object.values(def.entries));
    case "nullable":
      return nullableCheck(quickCheck(def.innerType));
    case "optional":
      // `objectCheck` lets it be absent.
      return quickCheck(def.innerType);
    case "default":
      // With a value it is what it is; without one, the schema puts it in.
      return quickCheck(def.innerType);
    case "array":
      return arrayCheck(quickCheck(def.element));
    case "record":
      return recordCheck(def);
    case "object":
      return objectCheck(def);
    case "union":
      return unionCheck(def);
    default:
      return never;
  }
}

function never(): boolean {
  return false;
}

function numberCheck(def: Partial<z.core.$ZodNumberFormatDef>): QuickCheck {
  if (def.format === undefined) return Number.isFinite;
  return def.format === "safeint" ? Number.isSafeInteger : never;
}

function oneOf(values: readonly unknown[]): QuickCheck {
  if (values.length > 1) return (value) => values.includes(value);
  const [only] = values;
  return (value) => value === only;
}

function nullableCheck(check: QuickCheck): QuickCheck {
  return (value) => value === null || check(value);
}

function arrayCheck(check: QuickCheck): QuickCheck {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (let i = 0; i < value.length; i++) if (!check(value[i])) return false;
    return true;
  };
}

function recordCheck(def: z.core.$ZodRecordDef): QuickCheck {
  const { type } = (def.keyType as z.core.$ZodTypes)._zod.def;
  if (type !== "string") return never;
  const check = quickCheck(def.valueType);
  return (value) => isRecord(value) && Object.values(value).every(check);
}

function objectCheck(def: z.core.$ZodObjectDef): QuickCheck {
  if (def.catchall) return never;
  const keys = Object.keys(def.shape);
  const checks = keys.map((key) => quickCheck(def.shape[key]!));
  const mayLack = keys.map((key) => def.shape[key]!._zod.def.type === "optional");
  return (value) => {
    if (!isRecord(value)) return false;
    let count = 0;
    for (const _key in value) count++;
    for (let i = 0; i < keys.length; i++) {
      const field = value[keys[i]!];
      if (field === undefined && mayLack[i]) count++;
      else if (!checks[i]!(field)) return false;
    }
    // Too many: the schema drops what it does not know.
    return count === keys.length;
  };
}

/** Only what tells its options apart by a field; an option is made ready when it is first met. */
function unionCheck(
  def: z.core.$ZodUnionDef & Partial<z.core.$ZodDiscriminatedUnionDef>,
): QuickCheck {
  const { discriminator } = def;
  if (discriminator === undefined) return never;
  const checks = new Map<unknown, QuickCheck>();
  return (value) => {
    if (!isRecord(value)) return false;
    const name = value[discriminator];
    let check = checks.get(name);
    if (!check) {
      const option = def.options.find((one) =>
        one._zod.propValues?.[discriminator]?.has(name as z.core.util.Primitive)
      );
      if (!option) return false;
      checks.set(name, check = quickCheck(option));
    }
    return check(value);
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
