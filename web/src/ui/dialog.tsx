// Dialogs are the browser's own: it keeps the focus inside, closes them with Escape, and lays them
// over everything.

import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { Button, IconButton } from "./button";
import { Icon } from "./icon";
import { ProblemNote } from "./problem-note";

interface Props {
  title: ReactNode;
  /** Called when the person closes it in any way. */
  onClose: () => void;
  children: ReactNode;
  /** Buttons at its end. */
  footer?: ReactNode;
  wide?: boolean;
}

/** A dialog, open for as long as it is rendered. */
export function Dialog({ title, onClose, children, footer, wide = false }: Props) {
  const { t } = useTranslation();
  const titleId = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={`m-auto max-h-[92dvh] w-[min(100vw-1.5rem,var(--width))] flex-col overflow-hidden rounded-box border border-line bg-surface p-0 text-ink shadow-box open:flex ${wide ? "[--width:60rem]" : "[--width:34rem]"}`}
    >
      <header className="flex items-center gap-3 border-b border-line px-5 py-3">
        <h2 id={titleId} className="grow text-base font-semibold">
          {title}
        </h2>
        <IconButton label={t("close")} onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </header>
      <div className="grid grow gap-4 overflow-y-auto px-5 py-4">{children}</div>
      {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
    </dialog>
  );
}

interface ConfirmProps {
  title: ReactNode;
  text: ReactNode;
  /** What the button says that does it. */
  action: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that cannot be undone; closes when it is done, and says why when not. */
export function ConfirmDialog({ title, text, action, danger = false, onConfirm, onClose }: ConfirmProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(Problem.from(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button look={danger ? "danger" : "primary"} busy={busy} onClick={confirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="text-muted">{text}</div>
      {problem && <ProblemNote problem={problem} />}
    </Dialog>
  );
}
