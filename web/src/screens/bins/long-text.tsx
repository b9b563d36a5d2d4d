// Text of any length. It is put into the page in pieces that the browser lays out when they come into
// sight: megabytes neither freeze the page nor keep it from searching in them.

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bytes } from "@/format/format";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { pieces } from "./pieces";

/** As much as a person looks at before searching. */
const SHOWN_CHARS_MAX = 20_000;

interface Props {
  text: string;
  label: string;
  /** Whether lines that are too long go on below; those of a hex dump do not. */
  isWrapped?: boolean;
}

export function LongText({ text, label, isWrapped = true }: Props) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && text.length > SHOWN_CHARS_MAX;
  const shown = useMemo(() => pieces(isCut ? text.slice(0, SHOWN_CHARS_MAX) : text), [text, isCut]);
  if (text === "") return null;
  return (
    <div className="relative rounded-lg border border-line bg-sunken">
      <div className="absolute top-1 right-1 z-1 rounded-lg bg-sunken">
        <CopyButton small text={text} />
      </div>
      {/* A scrolling region is reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div tabIndex={0} role="region" aria-label={label} className="max-h-[32rem] overflow-auto p-3 pr-12 font-mono text-xs leading-relaxed">
        {shown.map((piece, index) => (
          <pre
            key={index}
            className={`font-mono ${shown.length > 1 ? "[contain-intrinsic-height:auto_60rem] [content-visibility:auto]" : ""} ${isWrapped ? "break-all whitespace-pre-wrap" : ""}`}
          >
            {piece}
          </pre>
        ))}
      </div>
      {isCut && (
        <div className="border-t border-line p-2 text-center">
          <Button look="quiet" onClick={() => setWhole(true)}>
            {t("showAll", { size: bytes(text.length) })}
          </Button>
        </div>
      )}
    </div>
  );
}
