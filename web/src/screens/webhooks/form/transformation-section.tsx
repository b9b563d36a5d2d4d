import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { EditorField } from "@/ui/editor";
import { Checkbox } from "@/ui/field";
import { type DraftTransformation } from "./draft";
import { useForm } from "./form-state";
import { Rows } from "./rows";

const EXAMPLE = `function handler(webhook) {
  console.log("event", webhook.eventType);
  if (webhook.payload.test) {
    webhook.cancel = "only a test";
    return webhook;
  }
  webhook.headers["x-source"] = "hookwire";
  webhook.payload = { id: webhook.payload.id, data: webhook.payload };
  return webhook;
}
`;

/** A script that may change a request or call it off; the preview beside it shows its console. */
export function TransformationSection() {
  const { t } = useTranslation("webhooks");
  const { draft, change, mistake } = useForm();
  const it = draft.transformation;
  const set = (part: Partial<DraftTransformation>) => change({ transformation: { ...it, ...part } });
  return (
    <>
      <EditorField
        language="javascript"
        label={t("transformation.code")}
        hint={t("transformation.hint")}
        value={it.code}
        error={mistake("code")}
        onChange={(code) => set({ code })}
        actions={
          !it.code.trim() && (
            <Button look="quiet" onClick={() => set({ code: EXAMPLE })}>
              {t("transformation.example")}
            </Button>
          )
        }
      />
      <Checkbox
        label={t("transformation.enabled")}
        hint={t("transformation.enabledHint")}
        checked={it.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      <Rows
        legend={t("transformation.variables")}
        hint={t("transformation.variablesHint")}
        rows={it.variables}
        onChange={(variables) => set({ variables })}
        add={t("transformation.addVariable")}
        names={{ name: t("transformation.variable"), value: t("transformation.value") }}
        placeholders={{ name: "REGION", value: "eu" }}
        mistake={(one) => mistake(`variables.${one.key}`)}
      />
    </>
  );
}
