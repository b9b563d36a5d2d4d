// A field for code. The editor is loaded when one is first shown; until then its text is there, in
// a plain field.

import { lazy, type ReactNode, Suspense, useId } from "react";
import { useTranslation } from "react-i18next";
import { Skeleton } from "./states";

export type EditorLanguage = "json" | "javascript" | "text";

const View = lazy(() => import("./editor-view"));

/** A plain field lays out all of its text at once; the editor only what is on the screen. */
const PLAIN_CHARS_MAX = 20_000;

interface Props {
  label: string;
  /** The label is only heard, such as where a heading says the same. */
  hideLabel?: boolean;
  optional?: boolean;
  /** So that a form can put the focus here: `document.getElementById(id)?.focus()`. */
  id?: string;
  value: string;
  onChange?: (value: string) => void;
  language: EditorLanguage;
  hint?: ReactNode;
  /** What is wrong with it, in the person's language. */
  error?: string | null;
  /** The line in which that is. */
  errorLine?: number | null;
  readOnly?: boolean;
  /** Beside the label, such as a button that fills in an example. */
  actions?: ReactNode;
  className?: string;
}

export function EditorField({
  label,
  hideLabel = false,
  optional = false,
  id,
  value,
  onChange,
  language,
  hint,
  error = null,
  errorLine = null,
  readOnly = false,
  actions,
  className = "",
}: Props) {
  const { t } = useTranslation();
  const ownId = useId();
  const plain = value.length > PLAIN_CHARS_MAX ? (
    <Skeleton rows={2} />
  ) : (
    <textarea
      aria-label={label}
      rows={6}
      readOnly={readOnly || !onChange}
      value={value}
      onChange={(event) => onChange?.(event.target.value)}
      className="block w-full bg-surface p-3 font-mono text-xs leading-relaxed"
    />
  );
  return (
    <div className={`grid min-w-0 gap-1.5 ${className}`}>
      {!hideLabel && (
        <div className="flex flex-wrap items-center gap-2">
          <span className="grow font-medium">
            {label}
            {optional && <span className="ml-1.5 font-normal text-muted">({t("optional")})</span>}
          </span>
          {actions}
        </div>
      )}
      <div
        data-invalid={error ? "" : undefined}
        className="min-h-32 min-w-0 overflow-hidden rounded-lg border border-line-strong/60 bg-surface data-invalid:border-bad"
      >
        <Suspense fallback={plain}>
          <View
            id={id ?? ownId}
            label={label}
            value={value}
            onChange={onChange}
            language={language}
            readOnly={readOnly || !onChange}
            error={error}
            errorLine={errorLine}
          />
        </Suspense>
      </div>
      {error && (
        <p className="text-bad" role="alert">
          {error}
        </p>
      )}
      {hint && <p className="text-xs text-muted">{hint}</p>}
    </div>
  );
}
