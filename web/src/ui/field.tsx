// A form's field: label above, help and mistake below, tied to the input for those who listen.

import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { useTranslation } from "react-i18next";

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with what was entered, in the person's language. */
  error?: string | null;
  optional?: boolean;
  className?: string;
}

/** What an input of a field must carry. */
export interface Tied {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

export function Field({
  label,
  hint,
  error,
  optional = false,
  className = "",
  children,
}: FieldProps & { children: (tied: Tied) => ReactNode }) {
  const { t } = useTranslation();
  const id = useId();
  const hintId = hint ? `${id}-hint` : "";
  const errorId = error ? `${id}-error` : "";
  return (
    <div className={`grid content-start gap-1.5 ${className}`}>
      <label htmlFor={id} className="font-medium">
        {label}
        {optional && <span className="ml-1.5 font-normal text-muted">({t("optional")})</span>}
      </label>
      {children({
        id,
        "aria-describedby": `${errorId} ${hintId}`.trim() || undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {error && (
        <p id={errorId} className="text-bad" role="alert">
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

const BOX =
  "w-full rounded-lg border border-line-strong/60 bg-surface px-3 py-2 text-ink placeholder:text-muted/80 aria-invalid:border-bad disabled:opacity-60";

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, "id"> & FieldProps;

export function TextField({ label, hint, error, optional, className, ...rest }: InputProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      {(tied) => <input type="text" autoComplete="off" {...rest} {...tied} className={`${BOX} min-h-10`} />}
    </Field>
  );
}

type AreaProps = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> & FieldProps & { mono?: boolean };

export function AreaField({ label, hint, error, optional, className, mono = false, ...rest }: AreaProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      {(tied) => (
        <textarea rows={4} {...rest} {...tied} className={`${BOX} ${mono ? "font-mono text-xs leading-relaxed" : ""}`} />
      )}
    </Field>
  );
}

type SelectProps = Omit<SelectHTMLAttributes<HTMLSelectElement>, "id"> & FieldProps;

export function SelectField({ label, hint, error, optional, className, children, ...rest }: SelectProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      {(tied) => (
        <select {...rest} {...tied} className={`${BOX} min-h-10`}>
          {children}
        </select>
      )}
    </Field>
  );
}

/** A choice without a visible label, such as in a toolbar. */
export function Select({ label, className = "", ...rest }: SelectHTMLAttributes<HTMLSelectElement> & { label: string }) {
  return <select aria-label={label} {...rest} className={`${BOX} min-h-9 w-auto py-1.5 ${className}`} />;
}

/** An input without a visible label, such as in a toolbar. */
export function Input({ label, className = "", ...rest }: InputHTMLAttributes<HTMLInputElement> & { label: string }) {
  return <input aria-label={label} type="text" autoComplete="off" {...rest} className={`${BOX} min-h-9 py-1.5 ${className}`} />;
}

interface CheckProps {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

export function Checkbox({ label, hint, checked, disabled, onChange }: CheckProps) {
  const id = useId();
  return (
    <div className="flex gap-2.5">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 accent-(--accent)"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className="text-xs text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

interface SwitchProps {
  /** What it turns on and off; not shown. */
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, checked, disabled, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className={`relative h-6 w-10 shrink-0 rounded-full border transition disabled:opacity-55 ${checked ? "border-transparent bg-ok" : "border-line-strong bg-sunken"}`}
    >
      <span
        className={`absolute top-0.5 left-0.5 size-4.5 rounded-full shadow transition-transform ${checked ? "translate-x-4 bg-surface" : "bg-line-strong"}`}
      />
    </button>
  );
}
