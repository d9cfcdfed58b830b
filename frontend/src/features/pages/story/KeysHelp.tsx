/** What the keys do, and the switch that turns them off. */

import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode, RefObject } from "react";
import { Button } from "@/shared/ui/Button";

const KEY = "inline-block min-w-8 rounded-field border border-edge px-2 text-center font-bold";

function Row({ keys, children }: { keys: string[]; children: ReactNode }) {
  return (
    <div className="flex gap-4 border-b border-line py-2">
      <dt className="flex w-28 shrink-0 gap-1">
        {keys.map((key) => (
          <kbd key={key} className={`font-[inherit] ${KEY}`}>
            {key}
          </kbd>
        ))}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

type Props = {
  dialog: RefObject<HTMLDialogElement | null>;
  on: boolean;
  setOn: (on: boolean) => void;
};

export function KeysHelp({ dialog, on, setOn }: Props) {
  const { t } = useLingui();
  return (
    <dialog
      ref={dialog}
      aria-labelledby="keys-title"
      className="m-auto w-full max-w-lg border border-edge bg-paper p-6 text-ink backdrop:bg-paper/80"
    >
      <h2 id="keys-title" className="mb-4 text-24">
        <Trans>Keys of the player</Trans>
      </h2>
      <dl>
        <Row keys={[t`Space`, "K"]}>
          <Trans>Play or pause</Trans>
        </Row>
        <Row keys={["J", "L"]}>
          <Trans>10 seconds back or on</Trans>
        </Row>
        <Row keys={["←", "→"]}>
          <Trans>5 seconds back or on</Trans>
        </Row>
        <Row keys={["[", "]"]}>
          <Trans>Slower or faster</Trans>
        </Row>
        <Row keys={["/"]}>
          <Trans>Find in this story</Trans>
        </Row>
        <Row keys={["N", "P"]}>
          <Trans>Next or previous place found</Trans>
        </Row>
        <Row keys={["T"]}>
          <Trans>To the words that are spoken now</Trans>
        </Row>
        <Row keys={[t`Alt`, "↓"]}>
          <Trans>In the transcript: to the next word the machine was unsure of</Trans>
        </Row>
        <Row keys={["?"]}>
          <Trans>This list</Trans>
        </Row>
      </dl>
      <label className="mt-4 flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          className="size-5 accent-ink"
          checked={on}
          onChange={(event) => setOn(event.target.checked)}
        />
        <Trans>Use these keys</Trans>
      </label>
      <Button className="mt-2" onClick={() => dialog.current?.close()}>
        <Trans>Close</Trans>
      </Button>
    </dialog>
  );
}
