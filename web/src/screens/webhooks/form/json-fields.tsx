// A JSON body: as fields with values while it is that simple, or else as JSON.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { EditorField } from "@/ui/editor";
import { row, type Row } from "./draft";
import { Rows } from "./rows";

interface Props {
  /** JSON, as text. */
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

/** The fields of a flat object of texts; `null` for anything else. */
export function flatRows(json: string): Row[] | null {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const entries = Object.entries(value);
    return entries.every(([, it]) => typeof it === "string") ? entries.map(([name, it]) => row(name, it as string)) : null;
  } catch {
    return null;
  }
}

export function jsonOf(rows: Row[]): string {
  const named = rows.filter((it) => it.name !== "");
  return JSON.stringify(Object.fromEntries(named.map((it) => [it.name, it.value])), null, 2);
}

export function JsonFields({ value, error, onChange }: Props) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const [rows, setRows] = useState<Row[] | null>(() => {
    const flat = flatRows(value);
    return flat?.length === 0 ? [row()] : flat;
  });
  const isFlat = flatRows(value) !== null;
  if (!rows) {
    return (
      <EditorField
        language="json"
        label={t("request.fields")}
        hint={t("request.fieldsHint", { example: "{{ payload.id }}" })}
        value={value}
        error={error}
        onChange={onChange}
        actions={
          <Button look="quiet" disabled={!isFlat} onClick={() => setRows(flatRows(value))}>
            {t("request.asFields")}
          </Button>
        }
      />
    );
  }
  const isTwice = (it: Row) => it.name !== "" && rows.some((other) => other.key !== it.key && other.name === it.name);
  return (
    <div className="grid gap-2">
      <Rows
        legend={t("request.fields")}
        hint={t("request.fieldsHint", { example: "{{ payload.id }}" })}
        rows={rows}
        onChange={(next) => {
          setRows(next);
          onChange(jsonOf(next));
        }}
        add={t("request.addField")}
        names={{ name: t("request.fieldName"), value: t("request.fieldValue") }}
        placeholders={{ name: "email", value: "{{ payload.email }}" }}
        mistake={(it) => (isTwice(it) ? common("field.duplicate") : null)}
      />
      {error && (
        <p role="alert" className="text-bad">
          {error}
        </p>
      )}
      <div>
        <Button look="quiet" onClick={() => setRows(null)}>
          {t("request.asJson")}
        </Button>
      </div>
    </div>
  );
}
