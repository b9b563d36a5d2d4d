// Sending a request again: to a URL, once and now; or to a webhook, as a message with all that
// Hookwire's sending gives.

import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type SubmitEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { replayCapture, type Replayed } from "@/api/bins";
import { api, data } from "@/api/client";
import { Problem } from "@/api/problem";
import { useFieldWords } from "@/explain/mistake";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Exchange } from "./exchange";

interface Props {
  binId: string;
  captureId: string;
}

/** What was entered last, for the next time: within this page only. */
let lastUrl = "";

export function Replay(props: Props) {
  const { t } = useTranslation("bins");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" icon={<Icon name="again" className="size-4" />} onClick={() => setOpen(true)}>
        {t("replay.open")}
      </Button>
      {isOpen && <ReplayDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function useEndpoints(app: string) {
  return useInfiniteQuery({
    queryKey: ["bins", "endpoints", app],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      data(api.GET("/api/v1/app/{app_id}/endpoint", { params: { path: { app_id: app }, query: { limit: 250, iterator: pageParam } } })),
    getNextPageParam: (page) => (page.done ? undefined : (page.iterator ?? undefined)),
  });
}

function isUrl(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text) && URL.canParse(text);
}

function ReplayDialog({ binId, captureId, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation("bins");
  const { t: tc } = useTranslation();
  const { app } = useScope();
  const endpoints = useEndpoints(app);
  const listed = endpoints.data?.pages.flatMap((page) => page.data) ?? [];
  const [where, setWhere] = useState<"url" | "endpoint">("url");
  const [url, setUrl] = useState(lastUrl);
  const [endpointId, setEndpointId] = useState("");
  const [error, setError] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: () =>
      replayCapture(binId, captureId, where === "url" ? { url: url.trim() } : { appId: app, endpointId: endpointId || listed[0]?.id }),
  });
  const words = useFieldWords(send.error ? Problem.from(send.error) : null);
  const urlError = error ?? words("url");

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wrong = where === "url" && !isUrl(url.trim()) ? tc(url.trim() ? "field.url" : "field.required") : null;
    setError(wrong);
    send.reset();
    if (wrong) {
      event.currentTarget.querySelector<HTMLElement>("input:not([type=radio])")?.focus();
      return;
    }
    lastUrl = url.trim();
    send.mutate();
  };

  return (
    <Dialog title={t("replay.title")} onClose={onClose} wide={send.data !== undefined}>
      <form noValidate onSubmit={submit} className="grid gap-4">
        <fieldset className="grid gap-2">
          <legend className="mb-1 font-medium">{t("replay.where")}</legend>
          <Choice label={t("replay.toUrl")} hint={t("replay.toUrlHint")} checked={where === "url"} onChoose={() => setWhere("url")} />
          <Choice
            label={t("replay.toEndpoint")}
            hint={t("replay.toEndpointHint")}
            checked={where === "endpoint"}
            onChoose={() => setWhere("endpoint")}
          />
        </fieldset>
        {where === "url" ? (
          <TextField
            label={t("replay.url")}
            hint={t("replay.urlHint")}
            type="url"
            placeholder="https://staging.example.com/hooks"
            value={url}
            error={urlError}
            onChange={(event) => setUrl(event.target.value)}
          />
        ) : listed.length > 0 ? (
          <SelectField label={t("replay.endpoint")} value={endpointId || listed[0]?.id} onChange={(event) => setEndpointId(event.target.value)}>
            {listed.map((it) => (
              <option key={it.id} value={it.id}>
                {it.name}
              </option>
            ))}
          </SelectField>
        ) : (
          !endpoints.isPending && <p className="text-muted">{t("replay.noEndpoint")}</p>
        )}
        {where === "endpoint" && endpoints.isError && <ProblemNote problem={endpoints.error} onTryAgain={() => void endpoints.refetch()} />}
        {endpoints.hasNextPage && where === "endpoint" && (
          <Button look="quiet" busy={endpoints.isFetchingNextPage} onClick={() => void endpoints.fetchNextPage()}>
            {tc("more")}
          </Button>
        )}
        {send.isError && !urlError && <ProblemNote problem={send.error} />}
        <Button
          type="submit"
          look="primary"
          className="justify-self-start"
          busy={send.isPending}
          disabled={where === "endpoint" && listed.length === 0}
          icon={<Icon name="send" className="size-4" />}
        >
          {t("replay.send")}
        </Button>
      </form>
      {send.data && <Outcome replayed={send.data} />}
    </Dialog>
  );
}

interface ChoiceProps {
  label: string;
  hint: string;
  checked: boolean;
  onChoose: () => void;
}

function Choice({ label, hint, checked, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div className="flex gap-2.5">
      <input
        id={id}
        type="radio"
        name="where"
        className="mt-0.5 size-4 accent-(--accent)"
        checked={checked}
        aria-describedby={`${id}-hint`}
        onChange={onChoose}
      />
      <div>
        <label htmlFor={id}>{label}</label>
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      </div>
    </div>
  );
}

function Outcome({ replayed }: { replayed: Replayed }) {
  const { t } = useTranslation("bins");
  if (replayed.messageId) {
    return (
      <p role="status" className="rounded-lg bg-ok-soft px-4 py-3 text-ok">
        {t("replay.accepted")}{" "}
        <Link to="/messages/$messageId" params={{ messageId: replayed.messageId }} className="font-mono text-xs underline">
          {replayed.messageId}
        </Link>
      </p>
    );
  }
  return <Exchange replayed={replayed} />;
}
