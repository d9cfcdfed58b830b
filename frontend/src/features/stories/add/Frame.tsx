/** What stands around each question: the way back, five bars, the heading, the buttons at the foot. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { Header } from "@/features/accounts/shell/Header";
import { Icon } from "@/shared/ui/Icon";
import { BAR, type Step } from "./steps";

type Props = {
  step: Step;
  /** The question. Focus moves to it, so that those who listen hear where they are. */
  heading: ReactNode;
  headingLang?: string;
  lead?: ReactNode;
  back?: { to: Step; story?: string };
  leave?: ReactNode;
  foot?: ReactNode;
  footNote?: ReactNode;
  /** No name of a step over it. */
  unnamed?: boolean;
  /** What stands beside everything on desktop, under it on the phone; the page is wide then. */
  aside?: ReactNode;
  children?: ReactNode;
};

function useStepName(): Record<Step, string> {
  const { t } = useLingui();
  return {
    who: t`Who`,
    consent: t`Consent`,
    words: t`Words`,
    recording: t`Recording`,
    sending: t`Sending`,
    details: t`Details`,
    done: t`Done`,
  };
}

/** Moves the focus to a heading when the step, and with it the question, has changed. */
export function useHeadingFocus(question: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question is what must have changed.
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [question]);
  return heading;
}

/** What stands where a step, or what it speaks of, is still on its way: an empty page looks like a fault. */
export function Waiting({ step }: { step: Step }) {
  return <Frame step={step} unnamed heading={<Trans>One moment</Trans>} />;
}

export function Frame(props: Props) {
  const {
    step,
    heading,
    headingLang,
    lead,
    back,
    leave,
    foot,
    footNote,
    aside,
    unnamed,
    children,
  } = props;
  const { t } = useLingui();
  const names = useStepName();
  const bar = BAR[step];
  const title = useHeadingFocus(step);
  const column = aside ? "" : "mx-auto max-w-[40rem]";
  const onPhone = aside ? "lg:hidden" : "";
  return (
    <div className="flex min-h-dvh flex-col">
      <div className="max-lg:hidden">
        <Header />
      </div>
      <div className="page flex-1 pb-8 lg:flex-none max-lg:pt-2 lg:pt-8">
        <div className={column}>
          <div
            className={`grid min-h-11 ${onPhone} grid-cols-[1.75rem_1fr_auto] items-center gap-x-2`}
          >
            <div>
              {back && (
                <Link
                  to="/add/$step"
                  params={{ step: back.to }}
                  search={back.story ? { story: back.story } : {}}
                  aria-label={t`Back`}
                  className="-ml-3 inline-flex size-11 items-center justify-center text-ink"
                >
                  <Icon name="arrow" className="rotate-180" size={24} />
                </Link>
              )}
            </div>
            <p className="text-center text-14 text-ink-2">
              {unnamed ? null : bar > 0 ? (
                <Trans>
                  Step {bar} of 5 · {names[step]}
                </Trans>
              ) : (
                names[step]
              )}
            </p>
            <p className="text-right whitespace-nowrap">
              <Link to="/" className="link reach">
                {leave ?? <Trans>Leave</Trans>}
              </Link>
            </p>
          </div>
          {bar > 0 && (
            <div aria-hidden="true" className={`mt-3 grid grid-cols-5 gap-1 ${onPhone}`}>
              {[1, 2, 3, 4, 5].map((one) => (
                <span key={one} className={`h-1 ${one <= bar ? "bg-ink" : "bg-line"}`} />
              ))}
            </div>
          )}
          <div className={aside ? "lg:grid lg:grid-cols-[minmax(0,1fr)_19rem] lg:gap-x-18" : ""}>
            <div className="min-w-0">
              <h1
                ref={title}
                tabIndex={-1}
                {...(headingLang ? { lang: headingLang } : {})}
                className={`mt-7 text-32 leading-[1.2] outline-none lg:text-40 ${aside ? "lg:mt-2" : "max-w-[22ch]"}`}
              >
                {heading}
              </h1>
              {lead && <p className="mt-3 text-18 leading-(--lh) text-ink-2">{lead}</p>}
              {children}
            </div>
            {aside && (
              <div className="mt-10 flex flex-col gap-y-8 lg:mt-4">
                {aside}
                {/* Beside a long transcript the foot of the page is far away. */}
                <div className="max-lg:hidden *:w-full">{foot}</div>
              </div>
            )}
          </div>
        </div>
      </div>
      {foot && (
        <div
          className={`sticky bottom-0 border-t border-line bg-paper lg:static lg:border-0 ${onPhone}`}
        >
          <div className="page pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:pb-12">
            <div className={column}>
              <div className="flex gap-2 *:flex-1 *:text-16 lg:*:flex-none lg:*:min-w-44">
                {foot}
              </div>
              {footNote && <p className="mt-2 text-14 text-ink-2">{footNote}</p>}
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
