import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiKey, keysQuery, revokeKey } from "@/api/settings";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { Empty } from "@/ui/states";
import { Moment } from "@/ui/time";
import { toast } from "@/ui/toast";
import { KeyDialog } from "./key-dialog";
import { Rows, Section } from "./section";

export function KeysTab() {
  const { t } = useTranslation("settings");
  const [isAdding, setAdding] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const queries = useQueryClient();
  const query = useInfiniteQuery(keysQuery);
  const add = (
    <Button look="primary" icon={<Icon name="plus" className="size-4" />} onClick={() => setAdding(true)}>
      {t("keys.add")}
    </Button>
  );
  const revoke = async (key: ApiKey) => {
    await revokeKey(key.id);
    await queries.invalidateQueries({ queryKey: keysQuery.queryKey });
    toast(t("keys.revoked"));
  };
  return (
    <Section text={t("keys.text")} action={add}>
      <Rows
        query={query}
        label={t("tab.keys")}
        idOf={(it) => it.id}
        row={(key) => <Row apiKey={key} onRevoke={() => setRevoked(key)} />}
        empty={
          <Empty icon="key" title={t("keys.empty")}>
            {t("keys.emptyText")}
          </Empty>
        }
      />
      {isAdding && <KeyDialog onClose={() => setAdding(false)} />}
      {revoked && (
        <ConfirmDialog
          danger
          title={t("keys.revokeTitle", { name: revoked.name })}
          text={t("keys.revokeText")}
          action={t("keys.revoke")}
          onConfirm={() => revoke(revoked)}
          onClose={() => setRevoked(null)}
        />
      )}
    </Section>
  );
}

function Row({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { t } = useTranslation("settings");
  const only = apiKey.appUid ?? apiKey.appId;
  return (
    <>
      <div className="grid min-w-0 grow basis-60 gap-0.5">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {apiKey.name}
          {only ? <Badge>{t("keys.only", { name: only })}</Badge> : <Badge tone="accent">{t("keys.everything")}</Badge>}
        </p>
        <p className="text-xs text-muted">
          {t("keys.created")} <Moment at={apiKey.createdAt} />
          {" · "}
          {apiKey.expiresAt ? (
            <>
              {t("keys.ends")} <Moment at={apiKey.expiresAt} />
            </>
          ) : (
            t("keys.endless")
          )}
        </p>
      </div>
      <Button look="danger" aria-label={t("keys.revokeTitle", { name: apiKey.name })} onClick={onRevoke}>
        {t("keys.revoke")}
      </Button>
    </>
  );
}
