// Messages: found by id, narrowed by filters that live in the address, and as many as there are.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { Page } from "@/ui/page";
import { type MessageFilter, readFilter } from "./filter";
import { FilterBar } from "./filter-bar";
import { FoundMessage } from "./found-message";
import { MessageRows } from "./rows";
import { SendEvent } from "./send-event";

export function MessageList() {
  const { t } = useTranslation("messages");
  const { isPortal } = useScope();
  const navigate = useNavigate();
  const filter = readFilter(useSearch({ strict: false }));
  const [isSending, setSending] = useState(false);
  const change = (next: MessageFilter) => void navigate({ to: "/messages", search: next, replace: true });
  const send = isPortal ? undefined : () => setSending(true);
  return (
    <Page
      title={t("title")}
      description={t("description")}
      actions={
        send && (
          <Button look="primary" icon={<Icon name="send" className="size-4" />} onClick={send}>
            {t("send.open")}
          </Button>
        )
      }
    >
      <FilterBar filter={filter} onChange={change} />
      {filter.q ? (
        <FoundMessage id={filter.q} onClear={() => change({ ...filter, q: undefined })} />
      ) : (
        <MessageRows key={JSON.stringify(filter)} filter={filter} onSend={send} onClear={() => change({})} />
      )}
      {isSending && <SendEvent onClose={() => setSending(false)} />}
    </Page>
  );
}
