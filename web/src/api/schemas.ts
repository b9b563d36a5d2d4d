// The JSON Schemas of an event type, by version, and the example payloads in them. As the server
// has it (docs/events.md): numbers are versions, the largest is the newest, other names are older.

export type JsonSchema = Record<string, unknown>;
type Schemas = Record<string, unknown> | null;

export interface Version {
  name: string;
  schema: JsonSchema;
}

/** Versions, the newest first. */
export function versionsOf(schemas: Schemas): Version[] {
  return Object.entries(schemas ?? {})
    .map(([name, schema]) => ({ name, schema: isObject(schema) ? schema : {} }))
    .sort((a, b) => age(b.name) - age(a.name) || (b.name < a.name ? -1 : 1));
}

function age(version: string): number {
  return /^\d+$/.test(version) ? Number(version) : -1;
}

/** The name of the version that comes after all others. */
export function nextVersion(schemas: Schemas): string {
  const numbers = Object.keys(schemas ?? {}).map(age);
  return String(Math.max(0, ...numbers) + 1);
}

/** The first example payload of a schema; `null` when it has none. */
export function exampleOf(schema: JsonSchema | undefined): unknown {
  const examples = schema?.examples;
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  return schema?.example ?? null;
}

/** The newest example payload as text; empty when there is none. */
export function exampleText(schemas: Schemas): string {
  const example = exampleOf(versionsOf(schemas)[0]?.schema);
  return example === null ? "" : JSON.stringify(example, null, 2);
}

/** A schema without its examples, which are shown and edited by themselves. */
export function withoutExamples(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== "examples" && name !== "example"));
}

/** What a schema calls its event, for people. */
export function titleOf(schemas: Schemas): string | null {
  const title = versionsOf(schemas)[0]?.schema.title;
  return typeof title === "string" && title !== "" ? title : null;
}

/** A schema that the example fulfils, drawn from it. */
export function drawn(example: unknown): JsonSchema {
  if (Array.isArray(example)) {
    const [first] = example as unknown[];
    return { type: "array", ...(first === undefined ? {} : { items: drawn(first) }) };
  }
  if (isObject(example)) {
    const properties = Object.fromEntries(Object.entries(example).map(([name, value]) => [name, drawn(value)]));
    return { type: "object", properties, required: Object.keys(example) };
  }
  if (example === null) return { type: "null" };
  if (typeof example === "number") return { type: Number.isInteger(example) ? "integer" : "number" };
  return { type: typeof example };
}

/** One field of a payload, as a schema describes it. */
export interface PayloadField {
  /** `customer.address.city`, `items[].price`. */
  path: string;
  type: string;
  isRequired: boolean;
  description: string;
}

/** More of them nobody reads as a table. */
const FIELDS_MAX = 300;
const DEPTH_MAX = 6;

/** The fields of payloads, nested ones after what they are in. */
export function fieldsOf(schema: JsonSchema): PayloadField[] {
  const found: PayloadField[] = [];
  collect(schema, schema, "", 0, found);
  return found;
}

function collect(whole: JsonSchema, schema: JsonSchema, prefix: string, depth: number, found: PayloadField[]): void {
  const { properties, required } = schema;
  if (!isObject(properties) || depth > DEPTH_MAX) return;
  for (const [name, value] of Object.entries(properties)) {
    if (found.length >= FIELDS_MAX) return;
    const field = resolved(whole, isObject(value) ? value : {});
    const path = prefix + name;
    found.push({
      path,
      type: typeOf(field),
      isRequired: Array.isArray(required) && required.includes(name),
      description: typeof field.description === "string" ? field.description : "",
    });
    collect(whole, field, `${path}.`, depth + 1, found);
    if (isObject(field.items)) collect(whole, resolved(whole, field.items), `${path}[].`, depth + 1, found);
  }
}

/** References within the schema itself, which is where an import puts what it refers to. */
function resolved(whole: JsonSchema, schema: JsonSchema): JsonSchema {
  const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(typeof schema.$ref === "string" ? schema.$ref : "")?.[1];
  const places = [whole.$defs, whole.definitions].filter(isObject);
  const found = name ? places.map((place) => place[name]).find(isObject) : undefined;
  return found ? { ...found, ...schema } : schema;
}

function typeOf({ type, enum: values, format }: JsonSchema): string {
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ");
  const name = Array.isArray(type) ? type.join(" | ") : typeof type === "string" ? type : "";
  return typeof format === "string" ? `${name} (${format})` : name;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
