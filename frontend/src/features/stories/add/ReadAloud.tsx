/** The languages the question can be read in, and a button that speaks it where the device can. */
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { PlayButton } from "@/features/recordings/player/PlayButton";
import { ownName } from "@/shared/lib/languages";
import { CONSENT_TEXTS } from "./consentTexts";

/** The device's voices; some browsers learn of them only after a while. */
function useVoices(): SpeechSynthesisVoice[] {
  const [voices, setVoices] = useState<SpeechSynthesisVoice[]>([]);
  useEffect(() => {
    const speech = window.speechSynthesis as SpeechSynthesis | undefined;
    if (speech === undefined) return;
    const read = () => setVoices(speech.getVoices());
    read();
    speech.addEventListener("voiceschanged", read);
    return () => speech.removeEventListener("voiceschanged", read);
  }, []);
  return voices;
}

function voiceFor(voices: readonly SpeechSynthesisVoice[], tag: string) {
  const wanted = { "zh-Hant": "zh-TW", "zh-Hans": "zh-CN", "yue-Hant": "zh-HK" }[tag] ?? tag;
  const same = (one: string) => one.replace("_", "-").toLowerCase();
  return (
    voices.find((voice) => same(voice.lang) === wanted.toLowerCase()) ??
    voices.find((voice) => same(voice.lang).split("-")[0] === wanted.split("-")[0]?.toLowerCase())
  );
}

type Props = { first: string; tag: string; text: string; onChoose: (tag: string) => void };

export function ReadAloud({ first, tag, text, onChoose }: Props) {
  const { t } = useLingui();
  const voices = useVoices();
  const [speaking, setSpeaking] = useState(false);
  const voice = voiceFor(voices, tag);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text must not speak on.
  useEffect(
    () => () => {
      window.speechSynthesis?.cancel();
      setSpeaking(false);
    },
    [text],
  );
  const speak = () => {
    window.speechSynthesis.cancel();
    if (speaking || voice === undefined) {
      setSpeaking(false);
      return;
    }
    const said = new SpeechSynthesisUtterance(text);
    said.voice = voice;
    said.lang = voice.lang;
    said.rate = 0.9;
    said.onend = () => setSpeaking(false);
    said.onerror = () => setSpeaking(false);
    setSpeaking(true);
    window.speechSynthesis.speak(said);
  };
  const tags = CONSENT_TEXTS.map((one) => one.tag);
  const order = [first, ...tags.filter((one) => one !== first)];
  return (
    <div className="mt-4 flex items-center gap-x-4">
      <fieldset
        className={`-ml-(--inset) min-w-0 flex-1 overflow-x-auto lg:ml-0 ${voice ? "" : "-mr-(--inset) lg:mr-0"}`}
      >
        <legend className="sr-only">{t`Language of the question`}</legend>
        <div className="flex w-max gap-x-5 px-(--inset) pb-1 lg:px-1">
          {order.map((one) => (
            <button
              key={one}
              type="button"
              lang={one}
              aria-pressed={one === tag}
              onClick={() => onChoose(one)}
              className={`min-h-11 min-w-11 shrink-0 border-b-2 ${one === tag ? "border-accent font-bold" : "border-transparent"}`}
            >
              {ownName(one)}
            </button>
          ))}
        </div>
      </fieldset>
      {voice !== undefined && (
        <PlayButton
          outline
          size={44}
          playing={speaking}
          label={speaking ? t`Stop reading` : t`Read the question aloud`}
          onClick={speak}
        />
      )}
    </div>
  );
}
