import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { createBin } from "@/api/bins";
import { addressMistake } from "@/format/web-address";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import type { Target } from "./onboarding";
import { Step } from "./step";

interface Props {
  target: Target | null;
  /** Whether a webhook goes there already. */
  isFixed: boolean;
  onChoose: (target: Target | null) => void;
}

export function ReceiverStep({ target, isFixed, onChoose }: Props) {
  const { t } = useTranslation("onboarding");
  const [isOwn, setOwn] = useState(false);
  return (
    <Step number={1} title={t("receiver.title")} text={t("receiver.text")} state={target ? "done" : "current"}>
      {target ? (
        <Chosen target={target} onChange={isFixed ? null : () => onChoose(null)} />
      ) : isOwn ? (
        <OwnAddress onChoose={onChoose} onBack={() => setOwn(false)} />
      ) : (
        <MakeBin onChoose={onChoose} onOwn={() => setOwn(true)} />
      )}
    </Step>
  );
}

function MakeBin({ onChoose, onOwn }: { onChoose: (target: Target) => void; onOwn: () => void }) {
  const { t } = useTranslation("onboarding");
  const making = useMutation({
    mutationFn: createBin,
    onSuccess: (bin) => onChoose({ url: bin.url, bin }),
  });
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          icon={<Icon name="bins" className="size-4" />}
          busy={making.isPending}
          onClick={() => making.mutate()}
        >
          {t("receiver.make")}
        </Button>
        <Button look="quiet" onClick={onOwn}>
          {t("receiver.own")}
        </Button>
      </div>
      {making.isError && <ProblemNote problem={making.error} onTryAgain={() => making.mutate()} />}
    </div>
  );
}

function OwnAddress({ onChoose, onBack }: { onChoose: (target: Target) => void; onBack: () => void }) {
  const { t } = useTranslation(["onboarding", "common"]);
  const [url, setUrl] = useState("");
  const [mistake, setMistake] = useState<ReturnType<typeof addressMistake>>(null);
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const found = addressMistake(url);
    setMistake(found);
    if (found) form.current?.querySelector("input")?.focus();
    else onChoose({ url: url.trim(), bin: null });
  };
  return (
    <form ref={form} noValidate onSubmit={submit} className="grid gap-3">
      <TextField
        label={t("receiver.address")}
        type="url"
        inputMode="url"
        placeholder="https://"
        value={url}
        onChange={(event) => setUrl(event.target.value)}
        error={mistake && t(`common:field.${mistake}`)}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary">
          {t("receiver.use")}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {t("receiver.instead")}
        </Button>
      </div>
    </form>
  );
}

function Chosen({ target, onChange }: { target: Target; onChange: (() => void) | null }) {
  const { t } = useTranslation("onboarding");
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-1 rounded-lg border border-line bg-sunken py-1 pr-1 pl-3">
        <code className="grow font-mono text-xs wrap-anywhere">{target.url}</code>
        <CopyButton small text={target.url} />
      </div>
      {onChange && (
        <Button look="quiet" className="justify-self-start" onClick={onChange}>
          {t("receiver.change")}
        </Button>
      )}
    </div>
  );
}
