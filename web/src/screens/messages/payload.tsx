// The payload as it was sent. One that is large is shown by the editor, which draws only the lines
// on the screen, so that megabytes do not freeze the page.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { payloadQuery } from "@/api/messages";
import { bytes } from "@/format/format";
import { indentedSlowly } from "@/json/lines";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { CopyButton } from "@/ui/copy";
import { EditorField } from "@/ui/editor";
import { Icon } from "@/ui/icon";
import { Card } from "@/ui/page";
import { Loaded, Skeleton } from "@/ui/states";

const PLAIN_CHARS_MAX = 20_000;

export function Payload({ messageId, name }: { messageId: string; name: string }) {
  const { t } = useTranslation("messages");
  const { app } = useScope();
  const query = useQuery(payloadQuery(app, messageId));
  const text = query.data;
  const isLarge = text ? text.length > PLAIN_CHARS_MAX : false;
  return (
    <Card
      title={t("payload.title")}
      actions={
        text &&
        isLarge && (
          <>
            <span className="text-muted">{bytes(new Blob([text]).size)}</span>
            <CopyButton small text={text} />
            <Button look="quiet" icon={<Icon name="down" className="size-4" />} onClick={() => save(text, `${name}.json`)}>
              {t("payload.download")}
            </Button>
          </>
        )
      }
    >
      <Loaded query={query} waiting={<Skeleton rows={2} />}>
        {(found) => {
          if (found === null) return <p className="text-muted">{t("payload.forgotten")}</p>;
          return isLarge ? <Large text={found} /> : <Code pretty text={found} label={t("payload.title")} />;
        }}
      </Loaded>
    </Card>
  );
}

function Large({ text }: { text: string }) {
  const { t } = useTranslation("messages");
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    void indentedSlowly(text, ending.signal).then((it) => it !== null && setShown(it));
    return () => ending.abort();
  }, [text]);
  if (shown === null) return <Skeleton rows={3} />;
  return <EditorField hideLabel readOnly label={t("payload.title")} language="json" value={shown} />;
}

function save(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
