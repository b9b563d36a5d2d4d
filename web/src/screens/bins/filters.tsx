// Which requests are listed; and all of those as an archive.

import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { archive } from "@/api/bins";
import type { CaptureFilter } from "@/api/capture-filter";
import { Problem } from "@/api/problem";
import { IconButton } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Spinner } from "@/ui/spinner";
import { save } from "./save";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/** A search begins when somebody stops typing. */
const TYPING_MS = 300;
const TEXT_CHARS_MAX = 256;

const KINDS = {
  all: { verified: "", duplicate: "" },
  verified: { verified: "true", duplicate: "" },
  unverified: { verified: "false", duplicate: "" },
  first: { verified: "", duplicate: "false" },
  duplicate: { verified: "", duplicate: "true" },
} as const;

type Kind = keyof typeof KINDS;

function kindOf({ verified, duplicate }: CaptureFilter): Kind {
  const kinds = Object.keys(KINDS) as Kind[];
  return kinds.find((it) => KINDS[it].verified === verified && KINDS[it].duplicate === duplicate) ?? "all";
}

interface Props {
  binId: string;
  filter: CaptureFilter;
  isLoading: boolean;
  onChange: (filter: CaptureFilter) => void;
}

export function Filters({ binId, filter, isLoading, onChange }: Props) {
  const { t } = useTranslation("bins");
  const { t: tc } = useTranslation();
  const [text, setText] = useState(filter.text);
  const [problem, setProblem] = useState<Problem | null>(null);
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(typing.current), []);

  const type = (next: string) => {
    setText(next);
    clearTimeout(typing.current);
    typing.current = setTimeout(() => onChange({ ...filter, text: next.trim() }), TYPING_MS);
  };
  const choose = (change: Partial<CaptureFilter>) => {
    clearTimeout(typing.current);
    onChange({ ...filter, text: text.trim(), ...change });
  };
  const download = async () => {
    setProblem(null);
    try {
      save(await archive(binId, filter), `${binId}.har`);
    } catch (error) {
      setProblem(Problem.from(error));
    }
  };

  return (
    <div role="search" className="grid gap-2 border-b border-line p-2">
      <div className="relative flex items-center gap-1">
        <Input
          type="search"
          label={t("filter.text")}
          placeholder={t("filter.placeholder")}
          value={text}
          maxLength={TEXT_CHARS_MAX}
          onChange={(event) => type(event.target.value)}
        />
        {isLoading && <Spinner className="absolute right-14 size-4 text-muted" />}
        <IconButton label={t("filter.archive")} onClick={() => void download()}>
          <Icon name="download" />
        </IconButton>
      </div>
      <div className="flex gap-2">
        <Select label={t("filter.method")} className="min-w-0 flex-1" value={filter.method} onChange={(event) => choose({ method: event.target.value })}>
          <option value="">{t("filter.anyMethod")}</option>
          {METHODS.map((it) => (
            <option key={it}>{it}</option>
          ))}
        </Select>
        <Select
          label={t("filter.kind")}
          className="min-w-0 flex-1"
          value={kindOf(filter)}
          onChange={(event) => choose(KINDS[event.target.value as Kind])}
        >
          {(Object.keys(KINDS) as Kind[]).map((it) => (
            <option key={it} value={it}>
              {t(`filter.kinds.${it}`)}
            </option>
          ))}
        </Select>
      </div>
      {problem && <ProblemNote problem={problem} onTryAgain={() => void download()} />}
      <span className="sr-only" role="status">
        {isLoading ? tc("loading") : ""}
      </span>
    </div>
  );
}
