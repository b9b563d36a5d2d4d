import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { applicationsQuery, DEFAULT_APPLICATION } from "@/api/applications";
import { Button } from "@/ui/button";
import { SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import type { Editing } from "./use-draft";

/** Where requests go on to. */
export function ForwardTab({ draft, set, mistake }: Editing) {
  const { t } = useTranslation("bins");
  const { t: tc } = useTranslation();
  const query = useInfiniteQuery(applicationsQuery);
  const applications = query.data?.pages.flatMap((page) => page.data) ?? [];
  const isListed = draft.appId === DEFAULT_APPLICATION || applications.some((it) => it.id === draft.appId);
  const hasDefault = applications.some((it) => it.uid === DEFAULT_APPLICATION);
  return (
    <div className="grid gap-4">
      <p className="max-w-prose text-muted">{t("forward.text")}</p>
      {query.isError && <ProblemNote problem={query.error} onTryAgain={() => void query.refetch()} />}
      <SelectField label={t("forward.application")} value={draft.appId} error={mistake("appId")} onChange={(event) => set({ appId: event.target.value })}>
        <option value="">{t("forward.nowhere")}</option>
        {!hasDefault && <option value={DEFAULT_APPLICATION}>{DEFAULT_APPLICATION}</option>}
        {draft.appId !== "" && !isListed && <option value={draft.appId}>{draft.appId}</option>}
        {applications.map((it) => (
          <option key={it.id} value={it.id}>
            {it.name}
          </option>
        ))}
      </SelectField>
      {query.hasNextPage && (
        <Button look="quiet" className="justify-self-start" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {tc("more")}
        </Button>
      )}
      {draft.appId !== "" && (
        <TextField
          label={t("forward.eventType")}
          hint={t("forward.eventTypeHint")}
          optional
          placeholder="order.paid"
          value={draft.eventType}
          error={mistake("eventType")}
          onChange={(event) => set({ eventType: event.target.value })}
        />
      )}
    </div>
  );
}
