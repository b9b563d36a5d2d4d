import { useTranslation } from "react-i18next";
import { Select, TextField } from "@/ui/field";
import { type Unit, UNITS } from "./draft";

interface Props {
  label: string;
  hint?: string;
  amount: string;
  unit: Unit;
  error: string | null;
  onChange: (amount: string, unit: Unit) => void;
}

/** A span of time: so many of a unit. */
export function SpanField({ label, hint, amount, unit, error, onChange }: Props) {
  const { t } = useTranslation("bins");
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:max-w-sm">
      <TextField
        label={label}
        hint={hint}
        inputMode="decimal"
        value={amount}
        error={error}
        onChange={(event) => onChange(event.target.value, unit)}
      />
      <Select
        label={t("unit.label", { field: label })}
        className="mt-6.5 min-h-10 self-start"
        value={unit}
        onChange={(event) => onChange(amount, event.target.value as Unit)}
      >
        {(Object.keys(UNITS) as Unit[]).map((it) => (
          <option key={it} value={it}>
            {t(`unit.${it}`)}
          </option>
        ))}
      </Select>
    </div>
  );
}
