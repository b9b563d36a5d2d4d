// What requests are signed with: shown when asked for, copied, replaced.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rotateSecret, secretQuery, type Webhook } from "@/api/webhooks";
import { seconds } from "@/format/format";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Card } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { toast } from "@/ui/toast";

export function SecretCard({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("webhooks");
  const { can } = useScope();
  const [isShown, setShown] = useState(false);
  const [isRotating, setRotating] = useState(false);
  return (
    <Card
      title={t("secret.title")}
      actions={
        can("ManageEndpointSecret") && (
          <Button look="quiet" icon={<Icon name="again" className="size-4" />} onClick={() => setRotating(true)}>
            {t("secret.rotate")}
          </Button>
        )
      }
    >
      <div className="grid min-w-0 gap-3">
        <p className="text-muted">{t("secret.text")}</p>
        {can("ViewEndpointSecret") &&
          (isShown ? (
            <Secret webhook={webhook} onHide={() => setShown(false)} />
          ) : (
            <div className="flex flex-wrap items-center gap-2">
              <code className="grow rounded-lg bg-sunken px-3 py-2 font-mono text-xs" aria-hidden="true">
                whsec_••••••••••••••••
              </code>
              <Button icon={<Icon name="eye" className="size-4" />} onClick={() => setShown(true)}>
                {t("secret.show")}
              </Button>
            </div>
          ))}
      </div>
      {isRotating && <RotateDialog webhook={webhook} onClose={() => setRotating(false)} />}
    </Card>
  );
}

function Secret({ webhook, onHide }: { webhook: Webhook; onHide: () => void }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app } = useScope();
  const query = useQuery(secretQuery(app, webhook.id));
  if (query.isError) return <ProblemNote problem={query.error} onTryAgain={() => void query.refetch()} />;
  const key = query.data?.key ?? "";
  return (
    <div className="grid gap-2">
      <code className="rounded-lg bg-sunken px-3 py-2 font-mono text-xs wrap-anywhere" role="status">
        {key || common("loading")}
      </code>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={key} label={t("secret.copy")} />
        <Button look="quiet" onClick={onHide}>
          {common("hide")}
        </Button>
      </div>
    </div>
  );
}

const HOUR_S = 3_600;
const GRACES_S = [0, HOUR_S, 24 * HOUR_S, 72 * HOUR_S, 168 * HOUR_S];
const USUAL_GRACE_S = 24 * HOUR_S;

function RotateDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app } = useScope();
  const queries = useQueryClient();
  const [graceS, setGraceS] = useState(USUAL_GRACE_S);
  const [key, setKey] = useState("");
  const rotate = useMutation({
    mutationFn: () => rotateSecret(app, webhook.id, graceS, key.trim() || null),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: secretQuery(app, webhook.id).queryKey });
      toast(t("secret.rotated"));
      onClose();
    },
  });
  const isWrong = key.trim() !== "" && !/^(whsec_|whsk_)?[A-Za-z0-9+/]+={0,2}$/.test(key.trim());
  return (
    <Dialog
      title={t("secret.rotateTitle")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button look="primary" busy={rotate.isPending} disabled={isWrong} onClick={() => rotate.mutate()}>
            {t("secret.rotate")}
          </Button>
        </>
      }
    >
      <p className="text-muted">{t("secret.rotateText")}</p>
      <SelectField
        label={t("secret.grace")}
        hint={t(graceS === 0 ? "secret.graceNone" : "secret.graceHint")}
        value={graceS}
        onChange={(event) => setGraceS(Number(event.target.value))}
      >
        {GRACES_S.map((it) => (
          <option key={it} value={it}>
            {it === 0 ? t("secret.atOnce") : seconds(it)}
          </option>
        ))}
      </SelectField>
      <TextField
        optional
        label={t("secret.own")}
        hint={t("secret.ownHint")}
        placeholder="whsec_…"
        spellCheck={false}
        value={key}
        error={isWrong ? t("secret.ownWrong") : null}
        onChange={(event) => setKey(event.target.value)}
      />
      {rotate.isError && <ProblemNote problem={rotate.error} />}
    </Dialog>
  );
}
