// Names with values, one under the other: headers, secret values, variables, fields of a body.

import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/ui/button";
import { Input } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { row, type Row } from "./draft";

interface Props {
  legend: string;
  hint?: string;
  rows: Row[];
  onChange: (rows: Row[]) => void;
  /** What the button says that adds one. */
  add: string;
  names: { name: string; value: string };
  placeholders?: { name: string; value: string };
  /** Values are not shown while they are typed. */
  secret?: boolean;
  mistake: (row: Row) => string | null;
}

export function Rows({ legend, hint, rows, onChange, add, names, placeholders, secret = false, mistake }: Props) {
  const change = (key: string, part: Partial<Row>) =>
    onChange(rows.map((it) => (it.key === key ? { ...it, ...part } : it)));
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {hint && <p className="text-xs text-muted">{hint}</p>}
      {rows.map((it, index) => (
        <OneRow
          key={it.key}
          row={it}
          number={index + 1}
          names={names}
          placeholders={placeholders}
          secret={secret}
          error={mistake(it)}
          onChange={(part) => change(it.key, part)}
          onRemove={() => onChange(rows.filter((other) => other.key !== it.key))}
        />
      ))}
      <div>
        <Button icon={<Icon name="plus" className="size-4" />} onClick={() => onChange([...rows, row()])}>
          {add}
        </Button>
      </div>
    </fieldset>
  );
}

interface OneProps {
  row: Row;
  number: number;
  names: Props["names"];
  placeholders: Props["placeholders"];
  secret: boolean;
  error: string | null;
  onChange: (part: Partial<Row>) => void;
  onRemove: () => void;
}

function OneRow({ row: it, number, names, placeholders, secret, error, onChange, onRemove }: OneProps) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const errorId = error ? `row-${it.key}-error` : undefined;
  return (
    <div className="grid gap-1">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]">
        <Input
          label={`${names.name} ${number}`}
          placeholder={placeholders?.name}
          value={it.name}
          readOnly={it.kept}
          spellCheck={false}
          aria-invalid={error ? true : undefined}
          aria-describedby={errorId}
          onChange={(event) => onChange({ name: event.target.value })}
        />
        {it.kept ? (
          <span className="col-span-2 row-start-2 flex items-center gap-2 text-muted sm:col-span-1 sm:row-start-auto">
            <span className="grow">•••••• {t("form.kept")}</span>
            <Button look="quiet" onClick={() => onChange({ kept: false, value: "" })}>
              {t("form.replace")}
            </Button>
          </span>
        ) : (
          <Input
            label={`${names.value} ${number}`}
            placeholder={placeholders?.value}
            value={it.value}
            type={secret ? "password" : "text"}
            autoComplete={secret ? "new-password" : "off"}
            spellCheck={false}
            className="col-span-2 row-start-2 sm:col-span-1 sm:row-start-auto"
            onChange={(event) => onChange({ value: event.target.value })}
          />
        )}
        <IconButton label={`${common("remove")}: ${it.name || number}`} onClick={onRemove} className="col-start-2 row-start-1 sm:col-start-3">
          <Icon name="trash" className="size-4" />
        </IconButton>
      </div>
      {error && (
        <p id={errorId} role="alert" className="text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
