// The payload of an event, version by version: an example, its fields, and the schema itself.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exampleOf, fieldsOf, type JsonSchema, versionsOf, withoutExamples } from "@/api/schemas";
import { Badge } from "@/ui/badge";
import { Code } from "@/ui/code";
import { Select } from "@/ui/field";
import { Card } from "@/ui/page";
import { type Tab, Tabs } from "@/ui/tabs";

export function Versions({ schemas }: { schemas: Record<string, unknown> | null }) {
  const { t } = useTranslation("events");
  const versions = versionsOf(schemas);
  const [chosen, choose] = useState<string | null>(null);
  const shown = versions.find(({ name }) => name === chosen) ?? versions[0];
  if (!shown) {
    return (
      <Card title={t("payload.title")}>
        <p className="max-w-prose text-muted">{t("payload.none")}</p>
      </Card>
    );
  }
  return (
    <Card
      title={t("payload.title")}
      actions={
        versions.length > 1 ? (
          <Select label={t("payload.version")} value={shown.name} onChange={({ target }) => choose(target.value)}>
            {versions.map(({ name }, index) => (
              <option key={name} value={name}>
                {t(index === 0 ? "payload.newest" : "payload.versionName", { name })}
              </option>
            ))}
          </Select>
        ) : (
          <span className="text-muted">{t("payload.versionName", { name: shown.name })}</span>
        )
      }
    >
      <Version key={shown.name} schema={shown.schema} />
    </Card>
  );
}

function Version({ schema }: { schema: JsonSchema }) {
  const { t } = useTranslation("events");
  const example = exampleOf(schema);
  const tabs: Tab[] = [
    {
      value: "example",
      label: t("payload.example"),
      content:
        example === null ? (
          <p className="text-muted">{t("payload.noExample")}</p>
        ) : (
          <Code label={t("payload.example")} text={JSON.stringify(example, null, 2)} />
        ),
    },
    { value: "fields", label: t("payload.fields"), content: <Fields schema={schema} /> },
    {
      value: "schema",
      label: t("payload.schema"),
      content: <Code label={t("payload.schema")} text={JSON.stringify(withoutExamples(schema), null, 2)} />,
    },
  ];
  return <Tabs tabs={tabs} label={t("payload.title")} />;
}

function Fields({ schema }: { schema: JsonSchema }) {
  const { t } = useTranslation("events");
  const fields = fieldsOf(schema);
  if (fields.length === 0) return <p className="text-muted">{t("payload.noFields")}</p>;
  return (
    <ul className="divide-y divide-line">
      {fields.map(({ path, type, isRequired, description }) => (
        <li key={path} className="grid gap-x-4 gap-y-0.5 py-2 sm:grid-cols-[minmax(0,18rem)_minmax(0,1fr)]">
          <span className="font-mono text-[13px] wrap-anywhere">{path}</span>
          <span className="grid gap-0.5">
            <span className="flex flex-wrap items-center gap-2 text-muted">
              <span className="wrap-anywhere">{type}</span>
              {isRequired && <Badge>{t("payload.required")}</Badge>}
            </span>
            {description && <span className="wrap-anywhere">{description}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
