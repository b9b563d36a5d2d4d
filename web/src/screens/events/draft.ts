// What a form says about an event, as the schemas of the API: the example is kept in the schema,
// and without a schema one is drawn from the example.

import { drawn, exampleOf, type JsonSchema, nextVersion, versionsOf, withoutExamples } from "@/api/schemas";

export interface PayloadDraft {
  /** JSON, or empty. */
  example: string;
  /** JSON, or empty. */
  schema: string;
  /** Whether a change becomes a version of its own. */
  isNewVersion: boolean;
}

type Schemas = Record<string, unknown> | null;

export function draftOf(schemas: Schemas): PayloadDraft {
  const newest = versionsOf(schemas)[0];
  const example = exampleOf(newest?.schema);
  return {
    example: example === null ? "" : JSON.stringify(example, null, 2),
    schema: newest ? JSON.stringify(withoutExamples(newest.schema), null, 2) : "",
    isNewVersion: true,
  };
}

/** The schemas with what the draft says; the same object when it says nothing new. The draft is
    JSON where it is not empty. */
export function withDraft(schemas: Schemas, draft: PayloadDraft): Schemas {
  const before = draftOf(schemas);
  if (draft.example === before.example && draft.schema === before.schema) return schemas;
  const example: unknown = draft.example.trim() === "" ? undefined : JSON.parse(draft.example);
  const written = draft.schema.trim() === "" ? null : (JSON.parse(draft.schema) as JsonSchema);
  const schema = written ?? (example === undefined ? null : drawn(example));
  const newest = versionsOf(schemas)[0];
  if (!schema) return schemas && newest ? without(schemas, newest.name) : schemas;
  const whole = example === undefined ? schema : { ...schema, examples: [example, ...otherExamples(newest?.schema)] };
  const version = newest && !draft.isNewVersion ? newest.name : nextVersion(schemas);
  return { ...schemas, [version]: whole };
}

/** All examples but the first one, which is the one that is edited. */
function otherExamples(schema: JsonSchema | undefined): unknown[] {
  return Array.isArray(schema?.examples) ? (schema.examples as unknown[]).slice(1) : [];
}

function without(schemas: Record<string, unknown>, version: string): Schemas {
  const rest = Object.entries(schemas).filter(([name]) => name !== version);
  return rest.length > 0 ? Object.fromEntries(rest) : null;
}
