import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type OperationalWebhook, operationalSecretQuery, rotateOperationalSecret } from "@/api/settings";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Loaded, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";

/** As long as any secret, and none. */
const HIDDEN = "whsec_••••••••••••••••••••••••••••••••";

/** What the requests of an operational webhook are signed with. */
export function SecretDialog({ webhook, onClose }: { webhook: OperationalWebhook; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const queries = useQueryClient();
  const [isShown, setShown] = useState(false);
  const query = useQuery(operationalSecretQuery(webhook.id));
  const rotating = useMutation({
    mutationFn: () => rotateOperationalSecret(webhook.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: operationalSecretQuery(webhook.id).queryKey });
      toast(t("secret.rotated"));
    },
  });
  return (
    <Dialog
      title={t("secret.of", { name: webhook.name })}
      onClose={onClose}
      footer={
        <>
          <Button
            icon={<Icon name="again" className="size-4" />}
            busy={rotating.isPending}
            onClick={() => rotating.mutate()}
          >
            {t("secret.rotate")}
          </Button>
          <Button look="primary" onClick={onClose}>
            {t("done")}
          </Button>
        </>
      }
    >
      <p className="text-muted">{t("secret.text")}</p>
      <Loaded query={query} waiting={<Skeleton rows={1} />}>
        {(secret) => (
          <div className="flex flex-wrap items-center gap-2">
            <code className="grow basis-60 rounded-lg border border-line bg-sunken p-3 font-mono text-xs wrap-anywhere">
              {isShown ? secret : HIDDEN}
            </code>
            <Button onClick={() => setShown(!isShown)}>{isShown ? t("common:hide") : t("common:show")}</Button>
            <CopyButton text={secret} />
          </div>
        )}
      </Loaded>
      <p className="text-xs text-muted">{t("secret.rotateHint")}</p>
      {rotating.isError && <ProblemNote problem={rotating.error} />}
    </Dialog>
  );
}
