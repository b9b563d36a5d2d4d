// Text of machines: payloads, headers, answers. Always shown as text, whatever it says; what is
// very long is shown in part until somebody asks for all of it, so that the page stays quick.

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bytes } from "@/format/format";
import { Button } from "./button";
import { CopyButton } from "./copy";

/** As much as a person looks at before searching. */
const SHOWN_CHARS_MAX = 20_000;
/** Larger documents are shown as they came: indenting them takes longer than anybody waits. */
const PRETTY_CHARS_MAX = 500_000;

interface Props {
  text: string;
  /** Indent it if it is JSON. */
  pretty?: boolean;
  label: string;
  className?: string;
}

export function Code({ text, pretty = false, label, className = "" }: Props) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(false);
  const shown = useMemo(() => (pretty ? indented(text) : text), [text, pretty]);
  const isCut = !isWhole && shown.length > SHOWN_CHARS_MAX;
  return (
    <div className={`relative rounded-lg border border-line bg-sunken ${className}`}>
      <div className="absolute top-1 right-1">
        <CopyButton small text={text} />
      </div>
      {/* A scrolling region is reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} aria-label={label} className="max-h-96 overflow-auto p-3 pr-12 font-mono text-xs leading-relaxed break-all whitespace-pre-wrap">
        {isCut ? shown.slice(0, SHOWN_CHARS_MAX) : shown}
      </pre>
      {isCut && (
        <div className="border-t border-line p-2 text-center">
          <Button look="quiet" onClick={() => setWhole(true)}>
            {t("showAll", { size: bytes(shown.length) })}
          </Button>
        </div>
      )}
    </div>
  );
}

const STRING = /"(?:[^"\\]|\\.)*"/y;

/** JSON with line breaks and indentation; what is no JSON, or too long, as it is. Only white space
    changes: numbers keep all of their digits, which parsing them would not. */
export function indented(text: string): string {
  if (text.length > PRETTY_CHARS_MAX || !isJson(text)) return text;
  let result = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') {
      STRING.lastIndex = at;
      const [string] = STRING.exec(text) ?? [char];
      result += string;
      at += string.length - 1;
    } else if (char === "{" || char === "[") {
      const rest = text.slice(at + 1).match(/^\s*[}\]]/)?.[0];
      if (rest) {
        result += char + rest.trim();
        at += rest.length;
      } else {
        depth += 1;
        result += char + line();
      }
    } else if (char === "}" || char === "]") {
      depth -= 1;
      result += line() + char;
    } else if (char === ",") {
      result += char + line();
    } else if (char === ":") {
      result += ": ";
    } else if (!/\s/.test(char)) {
      result += char;
    }
  }
  return result;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
