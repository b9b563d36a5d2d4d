// What a menu shows, and where. Its button is elsewhere and stays the same when this is loaded.

import { DropdownMenu } from "radix-ui";
import { type ReactNode, type Ref, useImperativeHandle } from "react";

/** Whoever opens a menu by a key goes on with keys: the first item has the focus then. */
export type OpenedBy = "pointer" | "key";

interface Props {
  /** Of the content. */
  id: string;
  button: HTMLButtonElement;
  openedBy: OpenedBy | null;
  align: "start" | "end";
  onClose: () => void;
  children: ReactNode;
}

export function MenuView({ id, button, openedBy, align, onClose, children }: Props) {
  return (
    <DropdownMenu.Root modal={false} open={openedBy !== null} onOpenChange={(isOpen) => isOpen || onClose()}>
      <DropdownMenu.Trigger asChild>
        <Anchor button={button} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          ref={openedBy === "key" ? focusFirst : undefined}
          id={id}
          aria-labelledby={button.id}
          align={align}
          sideOffset={6}
          // The button itself closes what it opened.
          onInteractOutside={(event) => {
            if (event.target instanceof Node && button.contains(event.target)) event.preventDefault();
          }}
          className="z-50 min-w-48 rounded-lg border border-line bg-surface p-1 shadow-box"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Makes a button that is there already what the menu stands at and gives the focus back to. */
function Anchor({ button, ref }: { button: HTMLButtonElement; ref?: Ref<HTMLButtonElement> }) {
  useImperativeHandle(ref, () => button, [button]);
  return null;
}

function focusFirst(content: HTMLElement | null): void {
  content?.querySelector<HTMLElement>('[role="menuitem"]:not([data-disabled])')?.focus({ preventScroll: true });
}

const ITEM =
  "flex cursor-pointer items-center gap-2.5 rounded-md px-3 py-2 outline-none select-none data-highlighted:bg-sunken data-disabled:opacity-55";

export interface ItemProps {
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function Item({ icon, danger = false, disabled, onSelect, children }: ItemProps) {
  return (
    <DropdownMenu.Item className={`${ITEM} ${danger ? "text-bad" : ""}`} disabled={disabled} onSelect={onSelect}>
      {icon}
      {children}
    </DropdownMenu.Item>
  );
}

export function Separator() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />;
}
