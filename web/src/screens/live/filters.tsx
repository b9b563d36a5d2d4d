import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { webhooksQuery } from "@/api/webhooks";
import { useScope } from "@/scope";
import { Checkbox, Input, Select } from "@/ui/field";
import type { TailFilter } from "./tail";

interface Props {
  filter: TailFilter;
  onChange: (filter: TailFilter) => void;
}

export function Filters({ filter, onChange }: Props) {
  const { t } = useTranslation("live");
  const { app } = useScope();
  const { data } = useInfiniteQuery(webhooksQuery(app));
  const webhooks = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Select
        label={t("filter.webhook")}
        className="max-w-full min-w-44 sm:max-w-64"
        value={filter.endpointId}
        onChange={(event) => onChange({ ...filter, endpointId: event.target.value })}
      >
        <option value="">{t("filter.anyWebhook")}</option>
        {webhooks.map((webhook) => (
          <option key={webhook.id} value={webhook.id}>
            {webhook.name}
          </option>
        ))}
      </Select>
      <div className="w-full min-w-44 sm:w-56">
        <Input
          label={t("filter.event")}
          type="search"
          placeholder={t("filter.event")}
          value={filter.eventType}
          onChange={(event) => onChange({ ...filter, eventType: event.target.value.trim() })}
        />
      </div>
      <Checkbox
        label={t("filter.failed")}
        checked={filter.onlyFailed}
        onChange={(onlyFailed) => onChange({ ...filter, onlyFailed })}
      />
    </div>
  );
}
